-- What better-auth 1.7.25 of npm makes: its own migration with the plugins twoFactor, admin, username and
-- organization, and the additional fields of a user `tenant` (required) and `theme` (optional).
-- Ada has two factors and is an admin with an organization; eve@example.com ('wrong horse') is banned.
-- Dumped with pg_dump 15, without owners and settings.
-- ada@example.com signs in with 'correct horse', bob@example.com with 'battery staple'; their rows are what its
-- API wrote (sign-up, a request for a reset, a Google account linked), but for "expiresAt", which is far from now.

CREATE TABLE account (
    id text NOT NULL,
    "accountId" text NOT NULL,
    "providerId" text NOT NULL,
    "userId" text NOT NULL,
    "accessToken" text,
    "refreshToken" text,
    "idToken" text,
    "accessTokenExpiresAt" timestamp with time zone,
    "refreshTokenExpiresAt" timestamp with time zone,
    scope text,
    password text,
    "createdAt" timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp with time zone NOT NULL
);

CREATE TABLE invitation (
    id text NOT NULL,
    "organizationId" text NOT NULL,
    email text NOT NULL,
    role text,
    status text NOT NULL,
    "expiresAt" timestamp with time zone NOT NULL,
    "createdAt" timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "inviterId" text NOT NULL
);

CREATE TABLE member (
    id text NOT NULL,
    "organizationId" text NOT NULL,
    "userId" text NOT NULL,
    role text NOT NULL,
    "createdAt" timestamp with time zone NOT NULL
);

CREATE TABLE organization (
    id text NOT NULL,
    name text NOT NULL,
    slug text NOT NULL,
    logo text,
    "createdAt" timestamp with time zone NOT NULL,
    metadata text
);

CREATE TABLE session (
    id text NOT NULL,
    "expiresAt" timestamp with time zone NOT NULL,
    token text NOT NULL,
    "createdAt" timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp with time zone NOT NULL,
    "ipAddress" text,
    "userAgent" text,
    "userId" text NOT NULL,
    "impersonatedBy" text,
    "activeOrganizationId" text
);

CREATE TABLE "twoFactor" (
    id text NOT NULL,
    secret text NOT NULL,
    "backupCodes" text NOT NULL,
    "userId" text NOT NULL,
    verified boolean,
    "failedVerificationCount" integer,
    "lockedUntil" timestamp with time zone
);

CREATE TABLE "user" (
    id text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    "emailVerified" boolean NOT NULL,
    image text,
    "createdAt" timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "twoFactorEnabled" boolean,
    role text,
    banned boolean,
    "banReason" text,
    "banExpires" timestamp with time zone,
    username text,
    "displayUsername" text,
    tenant text NOT NULL,
    theme text
);

CREATE TABLE verification (
    id text NOT NULL,
    identifier text NOT NULL,
    value text NOT NULL,
    "expiresAt" timestamp with time zone NOT NULL,
    "createdAt" timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

ALTER TABLE ONLY account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);

ALTER TABLE ONLY invitation
    ADD CONSTRAINT invitation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY member
    ADD CONSTRAINT member_pkey PRIMARY KEY (id);

ALTER TABLE ONLY organization
    ADD CONSTRAINT organization_pkey PRIMARY KEY (id);

ALTER TABLE ONLY organization
    ADD CONSTRAINT organization_slug_key UNIQUE (slug);

ALTER TABLE ONLY session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id);

ALTER TABLE ONLY session
    ADD CONSTRAINT session_token_key UNIQUE (token);

ALTER TABLE ONLY "twoFactor"
    ADD CONSTRAINT "twoFactor_pkey" PRIMARY KEY (id);

ALTER TABLE ONLY "user"
    ADD CONSTRAINT user_email_key UNIQUE (email);

ALTER TABLE ONLY "user"
    ADD CONSTRAINT user_pkey PRIMARY KEY (id);

ALTER TABLE ONLY "user"
    ADD CONSTRAINT user_username_key UNIQUE (username);

ALTER TABLE ONLY verification
    ADD CONSTRAINT verification_pkey PRIMARY KEY (id);

CREATE INDEX "account_userId_idx" ON account USING btree ("userId");

CREATE INDEX invitation_email_idx ON invitation USING btree (email);

CREATE INDEX "invitation_organizationId_idx" ON invitation USING btree ("organizationId");

CREATE INDEX "member_organizationId_idx" ON member USING btree ("organizationId");

CREATE INDEX "member_userId_idx" ON member USING btree ("userId");

CREATE INDEX "session_userId_idx" ON session USING btree ("userId");

CREATE INDEX "twoFactor_secret_idx" ON "twoFactor" USING btree (secret);

CREATE INDEX "twoFactor_userId_idx" ON "twoFactor" USING btree ("userId");

CREATE INDEX verification_identifier_idx ON verification USING btree (identifier);

ALTER TABLE ONLY account
    ADD CONSTRAINT "account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"(id) ON DELETE CASCADE;

ALTER TABLE ONLY invitation
    ADD CONSTRAINT "invitation_inviterId_fkey" FOREIGN KEY ("inviterId") REFERENCES "user"(id) ON DELETE CASCADE;

ALTER TABLE ONLY invitation
    ADD CONSTRAINT "invitation_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES organization(id) ON DELETE CASCADE;

ALTER TABLE ONLY member
    ADD CONSTRAINT "member_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES organization(id) ON DELETE CASCADE;

ALTER TABLE ONLY member
    ADD CONSTRAINT "member_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"(id) ON DELETE CASCADE;

ALTER TABLE ONLY session
    ADD CONSTRAINT "session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"(id) ON DELETE CASCADE;

ALTER TABLE ONLY "twoFactor"
    ADD CONSTRAINT "twoFactor_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"(id) ON DELETE CASCADE;

INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt", "twoFactorEnabled", role, banned, "banReason", "banExpires", username, "displayUsername", tenant, theme) VALUES ('xmaCRL5AqEhSTCASneVEzLjnCQVfZdQ1', 'Bob', 'bob@example.com', false, NULL, '2026-11-25 02:31:35.175+00', '2026-11-25 02:31:35.175+00', false, 'user', false, NULL, NULL, NULL, NULL, 'acme', 'dark');
INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt", "twoFactorEnabled", role, banned, "banReason", "banExpires", username, "displayUsername", tenant, theme) VALUES ('13NT4Mnk9whEyhFZbZYIshO2JrcU65Q9', 'Ada', 'ada@example.com', false, NULL, '2026-11-25 02:31:35.079+00', '2026-11-25 02:31:35.079+00', true, 'admin', false, NULL, NULL, 'ada', 'ada', 'acme', 'dark');
INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt", "twoFactorEnabled", role, banned, "banReason", "banExpires", username, "displayUsername", tenant, theme) VALUES ('yXki3h9pZc3hy5yUiJFGCBXL9tQaSpp7', 'Eve', 'eve@example.com', false, NULL, '2026-11-25 02:31:35.417+00', '2026-11-25 02:31:35.432+00', false, 'user', true, 'spam', NULL, NULL, NULL, 'acme', 'dark');

INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('cQTsH2LdLdWmfbzUvctGGRj0E08rgL9J', '13NT4Mnk9whEyhFZbZYIshO2JrcU65Q9', 'credential', '13NT4Mnk9whEyhFZbZYIshO2JrcU65Q9', NULL, NULL, NULL, NULL, NULL, NULL, 'e134d9b90835d4fd4a615a38d87a515f:d4483d9af30a9d0c1695801cc3f47f42e9dedff9314f6d22f56d98c83fcc2b6d74276aa98910d1e1946124d2e7fc677d1cea50900449c58bac3f4e83a9844696', '2026-11-25 02:31:35.085+00', '2026-11-25 02:31:35.085+00');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('CXkhJTbjzeEr0LJdcyryvIteMrTD1JFG', 'xmaCRL5AqEhSTCASneVEzLjnCQVfZdQ1', 'credential', 'xmaCRL5AqEhSTCASneVEzLjnCQVfZdQ1', NULL, NULL, NULL, NULL, NULL, NULL, '968fbf90ad86b028ee8f755af466ee8b:a364fef1f9be40cd18c9bde1266f1814352a6a2bebe841e5091039beb6edb25124db1f18b2cbce4769ea242b2c5f5cacd1eaf5c78206d8c89c7e06310489a11f', '2026-11-25 02:31:35.179+00', '2026-11-25 02:31:35.179+00');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('vOzzSAmzJogB3eOf6B8v2gPBnNm0e6Yu', 'yXki3h9pZc3hy5yUiJFGCBXL9tQaSpp7', 'credential', 'yXki3h9pZc3hy5yUiJFGCBXL9tQaSpp7', NULL, NULL, NULL, NULL, NULL, NULL, 'a60dc192d0b090f43e12036eb8e96622:093ec91674448f180edf77b0d565a193fa6356b0a068d66e9076e7401b66dbddc5823cf633ffedc39fd2b67ae702244bd90715f18b9855467a26c0632a4e19f4', '2026-11-25 02:31:35.419+00', '2026-11-25 02:31:35.419+00');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('Oz1vYx6bd1m63yoNswNYmCidfwheT0A4', '110169484474386276334', 'google', 'xmaCRL5AqEhSTCASneVEzLjnCQVfZdQ1', 'ya29.example', NULL, NULL, NULL, NULL, 'openid,email,profile', NULL, '2026-11-25 02:31:35.451+00', '2026-11-25 02:31:35.451+00');

INSERT INTO organization (id, name, slug, logo, "createdAt", metadata) VALUES ('JPXcfj9NlTU6VJ6S5of88c6E5fdKL6xC', 'Acme', 'acme', NULL, '2026-11-25 02:31:35.443+00', NULL);

INSERT INTO member (id, "organizationId", "userId", role, "createdAt") VALUES ('zDllAoNDiWfnMGcIRSq3x9WMVMuMnAeT', 'JPXcfj9NlTU6VJ6S5of88c6E5fdKL6xC', '13NT4Mnk9whEyhFZbZYIshO2JrcU65Q9', 'owner', '2026-11-25 02:31:35.444+00');

INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId", "impersonatedBy", "activeOrganizationId") VALUES ('Lz8cKYMtb4Do4WkijXyrNV9VZOjLacVm', '2099-01-01 00:00:00+00', 'uG9opkJX11hq67eVXWirjsgIQ6vjdMi9', '2026-11-25 02:31:35.088+00', '2026-11-25 02:31:35.445+00', '192.0.2.7', 'Mozilla/5.0', '13NT4Mnk9whEyhFZbZYIshO2JrcU65Q9', NULL, 'JPXcfj9NlTU6VJ6S5of88c6E5fdKL6xC');
INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId", "impersonatedBy", "activeOrganizationId") VALUES ('us97b0DbbACQSyRys94LlgTTbNhZXpnM', '2026-01-02 00:00:00+00', 'kocPAQBSzoilY3zMr3Tt98RMVWajPPF3', '2025-12-26 00:00:00+00', '2025-12-26 00:00:00+00', '192.0.2.7', 'Mozilla/5.0', 'xmaCRL5AqEhSTCASneVEzLjnCQVfZdQ1', NULL, NULL);

INSERT INTO "twoFactor" (id, secret, "backupCodes", "userId", verified, "failedVerificationCount", "lockedUntil") VALUES ('pqwZM19HJrpmWM9WfiltiSMUhL8TBOY2', '7e850864576079ebd91f00d3d21e9469b08d2fd23223a52f2f7b9cfe7fa2a0a78927c86987ea97fddc45a43d909f54e557644ac1d3c9f667c3a948afde0827af942ad17adc2170ce', 'd3df34916436e06ac8ff151d8759cd475613ada59c2dfc9514eac2ec53764207d39a55fe39e3cbcc8afb280a75a03ca1d710cf4bbc0ad838afcc3d9003a05ec4456b281dab3ea110be59347ff90bf09d106061044194453ba28d67c980e6841469ddecb73bbbd5dadccabc5d1c626547915cc6313cb5924bb122048537d6fdb61d581a4b937035c9d07dc7e32121ab9768b2dd972c33af16f76dd0894b7b1d5409789d77e181d1923553c678534f2abb8730b7ad77', '13NT4Mnk9whEyhFZbZYIshO2JrcU65Q9', true, 0, NULL);

INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('q0chcRL32SmalsCV17wI2VPFzTktD2PO', 'reset-password:0aBJmTxh2Nd0XElpQqylAUde', '13NT4Mnk9whEyhFZbZYIshO2JrcU65Q9', '2099-01-01 00:00:00+00', '2026-11-25 02:31:35.199+00', '2026-11-25 02:31:35.199+00');
INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('73aYXmexon7r0tS1JVtnDvUjCkpbjmgC', 'reset-password:QPc1gJCRSzEgJQeXUj0UiXEO', 'xmaCRL5AqEhSTCASneVEzLjnCQVfZdQ1', '2026-01-02 00:00:00+00', '2026-11-25 02:31:35.206+00', '2026-11-25 02:31:35.206+00');
