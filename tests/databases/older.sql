-- What better-auth 1.0.22 of npm makes: its own migration with its default options.
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
    "accessTokenExpiresAt" timestamp without time zone,
    "refreshTokenExpiresAt" timestamp without time zone,
    scope text,
    password text,
    "createdAt" timestamp without time zone NOT NULL,
    "updatedAt" timestamp without time zone NOT NULL
);

CREATE TABLE session (
    id text NOT NULL,
    "expiresAt" timestamp without time zone NOT NULL,
    token text NOT NULL,
    "createdAt" timestamp without time zone NOT NULL,
    "updatedAt" timestamp without time zone NOT NULL,
    "ipAddress" text,
    "userAgent" text,
    "userId" text NOT NULL
);

CREATE TABLE "user" (
    id text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    "emailVerified" boolean NOT NULL,
    image text,
    "createdAt" timestamp without time zone NOT NULL,
    "updatedAt" timestamp without time zone NOT NULL
);

CREATE TABLE verification (
    id text NOT NULL,
    identifier text NOT NULL,
    value text NOT NULL,
    "expiresAt" timestamp without time zone NOT NULL,
    "createdAt" timestamp without time zone,
    "updatedAt" timestamp without time zone
);

ALTER TABLE ONLY account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);

ALTER TABLE ONLY session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id);

ALTER TABLE ONLY session
    ADD CONSTRAINT session_token_key UNIQUE (token);

ALTER TABLE ONLY "user"
    ADD CONSTRAINT user_email_key UNIQUE (email);

ALTER TABLE ONLY "user"
    ADD CONSTRAINT user_pkey PRIMARY KEY (id);

ALTER TABLE ONLY verification
    ADD CONSTRAINT verification_pkey PRIMARY KEY (id);

ALTER TABLE ONLY account
    ADD CONSTRAINT "account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"(id);

ALTER TABLE ONLY session
    ADD CONSTRAINT "session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"(id);

INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('mga8GEVlNu5OM8K_3F4Ny', 'Ada', 'ada@example.com', false, NULL, '2026-11-25 02:31:36.462', '2026-11-25 02:31:36.462');
INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('pMOFCB4HZ5jlICPholLNY', 'Bob', 'bob@example.com', false, NULL, '2026-11-25 02:31:36.631', '2026-11-25 02:31:36.631');

INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('fsdRQVj2p-fR3LecA7oca', 'mga8GEVlNu5OM8K_3F4Ny', 'credential', 'mga8GEVlNu5OM8K_3F4Ny', NULL, NULL, NULL, NULL, NULL, NULL, '641097ccfa19bc65a1e0d51404713939:acbdcf5d2860bc7fd8a307ac499b6fa5c28c181d2ec85d83b2a222105a5aa5fdf0425e286ae8295dfd537d83e4a26152546b1d135d1b206abcdd2661fa705835', '2026-11-25 02:31:36.623', '2026-11-25 02:31:36.623');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('ZNMS4aMWSNSLUiLOfMp4K', 'pMOFCB4HZ5jlICPholLNY', 'credential', 'pMOFCB4HZ5jlICPholLNY', NULL, NULL, NULL, NULL, NULL, NULL, 'c00980b33240532bf07f22087a16fff6:2fe7a851564eb79076572bca7392b6be0fbdd77c89ee3f5f52c234b4379b9e60008e5fadc2cb2e2f623e28b78ffffaf8c0dc60230edc283436253bf213a6d2d3', '2026-11-25 02:31:36.766', '2026-11-25 02:31:36.766');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('NVQdw1PzgTpqo-SBEKg2B', '110169484474386276334', 'google', 'pMOFCB4HZ5jlICPholLNY', 'ya29.example', NULL, NULL, NULL, NULL, 'openid,email,profile', NULL, '2026-11-25 02:31:36.78', '2026-11-25 02:31:36.78');

INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('1yckkbLJ5QQNEKP_1kbGO', '2099-01-01 00:00:00', 'AHliJVNqOX_jUUfGvsrnmi4evdoNgaej', '2026-11-25 02:31:36.625', '2026-11-25 02:31:36.625', '192.0.2.7', 'Mozilla/5.0', 'mga8GEVlNu5OM8K_3F4Ny');
INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('1kzSK5C3YSPyiqh29Sqie', '2026-01-02 00:00:00', 'hZtyPjbllMV17QcHAC89LBJp3YLNmhLL', '2025-12-26 00:00:00', '2025-12-26 00:00:00', '192.0.2.7', 'Mozilla/5.0', 'pMOFCB4HZ5jlICPholLNY');

INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('eGfsZPmxiEoHEARlCtnO0', 'reset-password:OKojWKAAFZJaxr3suy1KmzdW', 'mga8GEVlNu5OM8K_3F4Ny', '2099-01-01 00:00:00', '2026-11-25 02:31:36.773', '2026-11-25 02:31:36.773');
INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('vXG0LJE7ashRYDLYz7HN2', 'reset-password:c6VQqwX5yw5B9E7_BLDLGshB', 'pMOFCB4HZ5jlICPholLNY', '2026-01-02 00:00:00', '2026-11-25 02:31:36.776', '2026-11-25 02:31:36.776');
