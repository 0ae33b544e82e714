-- What better-auth 1.7.25 of npm makes: its own migration with `advanced.database.generateId: "uuid"`.
-- Dumped with pg_dump 15, without owners and settings.
-- ada@example.com signs in with 'correct horse', bob@example.com with 'battery staple'; their rows are what its
-- API wrote (sign-up, a request for a reset, a Google account linked), but for "expiresAt", which is far from now.

CREATE TABLE account (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    "accountId" text NOT NULL,
    "providerId" text NOT NULL,
    "userId" uuid NOT NULL,
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
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    "expiresAt" timestamp with time zone NOT NULL,
    token text NOT NULL,
    "createdAt" timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp with time zone NOT NULL,
    "ipAddress" text,
    "userAgent" text,
    "userId" uuid NOT NULL
);

CREATE TABLE "user" (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    "emailVerified" boolean NOT NULL,
    image text,
    "createdAt" timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

CREATE TABLE verification (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
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

INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('35f3a499-8525-4b97-a43d-80d462e33fca', 'Ada', 'ada@example.com', false, NULL, '2026-11-25 02:31:30.758+00', '2026-11-25 02:31:30.758+00');
INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('3054e299-1344-4506-bfc6-eae3c8b8f436', 'Bob', 'bob@example.com', false, NULL, '2026-11-25 02:31:30.854+00', '2026-11-25 02:31:30.854+00');

INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('74b4503d-9402-48ca-b65b-b487a6aaadfb', '35f3a499-8525-4b97-a43d-80d462e33fca', 'credential', '35f3a499-8525-4b97-a43d-80d462e33fca', NULL, NULL, NULL, NULL, NULL, NULL, '754c69e8086d089d66dd07e703950610:1145934e291fbcb24f8640f4e5481b0e92e12e0dac337e35daf8051ca04b2f33f45538b292d080cefb7ee378a428ee6e2b3c521bd0f1133b3b1243aca9f0d6f3', '2026-11-25 02:31:30.762+00', '2026-11-25 02:31:30.762+00');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('02350fd0-e38b-4e1a-b41a-7c49ea19e42e', '3054e299-1344-4506-bfc6-eae3c8b8f436', 'credential', '3054e299-1344-4506-bfc6-eae3c8b8f436', NULL, NULL, NULL, NULL, NULL, NULL, '56505af25a2465332618263628f0e35f:91ad15abed6da1ecea21b007cbd655e7013966d6148db00c2b1a0c5e37f9eee2e54bfcc459b2b73a004a40ca8188256d3537e0dae7f10ce2cbba64b13c37ec5c', '2026-11-25 02:31:30.856+00', '2026-11-25 02:31:30.856+00');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('a2df46ca-ac3b-4cfa-8c14-493b52e46d1a', '110169484474386276334', 'google', '3054e299-1344-4506-bfc6-eae3c8b8f436', 'ya29.example', NULL, NULL, NULL, NULL, 'openid,email,profile', NULL, '2026-11-25 02:31:30.9+00', '2026-11-25 02:31:30.9+00');

INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('f2a0ed65-30c9-47ea-b984-39d67cd02d82', '2099-01-01 00:00:00+00', 'rniojrCsmwo7B5fyqXU8LzStz37oe42m', '2026-11-25 02:31:30.765+00', '2026-11-25 02:31:30.765+00', '192.0.2.7', 'Mozilla/5.0', '35f3a499-8525-4b97-a43d-80d462e33fca');
INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('30d55db8-b1e3-431f-9d84-eb7af25d356b', '2026-01-02 00:00:00+00', 'cP4E6hvxXpQsBRWmMEAgYMLcqLtyoDrU', '2025-12-26 00:00:00+00', '2025-12-26 00:00:00+00', '192.0.2.7', 'Mozilla/5.0', '3054e299-1344-4506-bfc6-eae3c8b8f436');

INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('5007e15c-5577-46d6-b7e5-01544aa1924b', 'reset-password:ArqTzDti22OJXgs83yiweO5R', '35f3a499-8525-4b97-a43d-80d462e33fca', '2099-01-01 00:00:00+00', '2026-11-25 02:31:30.881+00', '2026-11-25 02:31:30.881+00');
INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('72be6bfb-8e16-4d63-a737-ad704567b0cb', 'reset-password:2ejnOEJFJeuxFiiHRVMJyczp', '3054e299-1344-4506-bfc6-eae3c8b8f436', '2026-01-02 00:00:00+00', '2026-11-25 02:31:30.893+00', '2026-11-25 02:31:30.893+00');
