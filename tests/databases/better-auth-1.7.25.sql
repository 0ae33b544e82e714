-- What better-auth 1.7.25 of npm makes: its own migration with its default options.
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

CREATE TABLE session (
    id text NOT NULL,
    "expiresAt" timestamp with time zone NOT NULL,
    token text NOT NULL,
    "createdAt" timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp with time zone NOT NULL,
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
    "createdAt" timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
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

CREATE INDEX "account_userId_idx" ON account USING btree ("userId");

CREATE INDEX "session_userId_idx" ON session USING btree ("userId");

CREATE INDEX verification_identifier_idx ON verification USING btree (identifier);

ALTER TABLE ONLY account
    ADD CONSTRAINT "account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"(id) ON DELETE CASCADE;

ALTER TABLE ONLY session
    ADD CONSTRAINT "session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"(id) ON DELETE CASCADE;

INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('idugW4NkbJ4Xtt088cfyyjmoD6XQddz2', 'Ada', 'ada@example.com', false, NULL, '2026-11-25 02:31:28.082+00', '2026-11-25 02:31:28.082+00');
INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('wJneUz2BbAmwzMCXQWaUzN68ieS5pIAn', 'Bob', 'bob@example.com', false, NULL, '2026-11-25 02:31:28.212+00', '2026-11-25 02:31:28.212+00');

INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('GejWgSmJ1blfrVGL0HVzWdJLtNP6yF94', 'idugW4NkbJ4Xtt088cfyyjmoD6XQddz2', 'credential', 'idugW4NkbJ4Xtt088cfyyjmoD6XQddz2', NULL, NULL, NULL, NULL, NULL, NULL, 'f77b0b934bb40612e4d25eaf1cbbbe93:04f3a1bac553435bc140df743b01bcd936d12c81540ea39ebee6ae2a9b914c8b74e5ee77c7e8556c2abf30735fed93252d0e7ceb55aa8322e9d51058176cdb9d', '2026-11-25 02:31:28.087+00', '2026-11-25 02:31:28.087+00');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('LQsUxIDUyCQcnMnOrZ2RDwmWXzJ4SU2e', 'wJneUz2BbAmwzMCXQWaUzN68ieS5pIAn', 'credential', 'wJneUz2BbAmwzMCXQWaUzN68ieS5pIAn', NULL, NULL, NULL, NULL, NULL, NULL, '6f0a38f5a30849929cbab4e6411b6637:ab21aa9720161dc84c4c6e7785693bddea1af556ed953ec23f5d982602989e901ddeec55532407dcfe0f0d5521d380e29ea6af93548bb9325c4815e58cba7574', '2026-11-25 02:31:28.214+00', '2026-11-25 02:31:28.214+00');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('21gvq7H7iTh2d2X1DIssR6kDgJOVvglQ', '110169484474386276334', 'google', 'wJneUz2BbAmwzMCXQWaUzN68ieS5pIAn', 'ya29.example', NULL, NULL, NULL, NULL, 'openid,email,profile', NULL, '2026-11-25 02:31:28.245+00', '2026-11-25 02:31:28.245+00');

INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('uRVkCMU1u2vTgpdAYLm8olBMIC5OSVx5', '2099-01-01 00:00:00+00', 'fZGPiVFSPS8Ndrapq0bAbXsGVIcgE5qa', '2026-11-25 02:31:28.09+00', '2026-11-25 02:31:28.09+00', '192.0.2.7', 'Mozilla/5.0', 'idugW4NkbJ4Xtt088cfyyjmoD6XQddz2');
INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('j2rOYuvHtmCXxhOIOC7GCcf0F0J5OMTV', '2026-01-02 00:00:00+00', 'RHHGuMUl3mrPzQiZCRaI1gwVEBHgvkui', '2025-12-26 00:00:00+00', '2025-12-26 00:00:00+00', '192.0.2.7', 'Mozilla/5.0', 'wJneUz2BbAmwzMCXQWaUzN68ieS5pIAn');

INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('aWDdTjmcIe4PNGjLa7dyQHWABK6C12Cp', 'reset-password:9Odw3qQ91QugkQryFplPpkMN', 'idugW4NkbJ4Xtt088cfyyjmoD6XQddz2', '2099-01-01 00:00:00+00', '2026-11-25 02:31:28.229+00', '2026-11-25 02:31:28.229+00');
INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('XC8PDAhwbosyb4m65qNsofMtbQNCECUE', 'reset-password:zengpcqsIlXA3G81dFxrW0LA', 'wJneUz2BbAmwzMCXQWaUzN68ieS5pIAn', '2026-01-02 00:00:00+00', '2026-11-25 02:31:28.24+00', '2026-11-25 02:31:28.24+00');
