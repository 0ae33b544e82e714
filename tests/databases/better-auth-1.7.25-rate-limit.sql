-- What better-auth 1.7.25 of npm makes: its own migration with `rateLimit.storage: "database"`.
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

CREATE TABLE "rateLimit" (
    id text NOT NULL,
    key text NOT NULL,
    count integer NOT NULL,
    "lastRequest" bigint NOT NULL
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

ALTER TABLE ONLY "rateLimit"
    ADD CONSTRAINT "rateLimit_key_key" UNIQUE (key);

ALTER TABLE ONLY "rateLimit"
    ADD CONSTRAINT "rateLimit_pkey" PRIMARY KEY (id);

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

INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('xzpIv4HFET4FvcPf6bz0MGUehC5wXqr2', 'Ada', 'ada@example.com', false, NULL, '2026-11-25 02:31:29.555+00', '2026-11-25 02:31:29.555+00');
INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('zpwZksUQvTxXyIapBHO9QGZrDBsxwYXd', 'Bob', 'bob@example.com', false, NULL, '2026-11-25 02:31:29.677+00', '2026-11-25 02:31:29.677+00');

INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('GdRmFks4wAzf2jM1M4qnmnMUTFkYAD8p', 'xzpIv4HFET4FvcPf6bz0MGUehC5wXqr2', 'credential', 'xzpIv4HFET4FvcPf6bz0MGUehC5wXqr2', NULL, NULL, NULL, NULL, NULL, NULL, '7df1810409d00abcc1d8923ba081d7d0:ee2085d061933ea9202f1c8106c740fadbc8a2572024ec0afedb487d80c39642a8d18d100eea58c2108bdce0619c527efa1a605f813c7eb8cc41980f92ff8648', '2026-11-25 02:31:29.558+00', '2026-11-25 02:31:29.558+00');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('22D5wP1jCxXPSFmLfUNujrKIcBGDoLky', 'zpwZksUQvTxXyIapBHO9QGZrDBsxwYXd', 'credential', 'zpwZksUQvTxXyIapBHO9QGZrDBsxwYXd', NULL, NULL, NULL, NULL, NULL, NULL, 'fd094e45bd1292d7a984a23b49473eee:68bfe0a9a44eb60e460d51c0667fe732fb0ef01baa49da03afc129566752d295acbf7a93411d39428d41223452031e2261eff9af7e04ca850b4248dd902d76c7', '2026-11-25 02:31:29.679+00', '2026-11-25 02:31:29.679+00');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('U3YrmaRBjLpVCZMvCeVFRSBdcFy1PFQy', '110169484474386276334', 'google', 'zpwZksUQvTxXyIapBHO9QGZrDBsxwYXd', 'ya29.example', NULL, NULL, NULL, NULL, 'openid,email,profile', NULL, '2026-11-25 02:31:29.732+00', '2026-11-25 02:31:29.732+00');

INSERT INTO "rateLimit" (id, key, count, "lastRequest") VALUES ('rCfugmVkmmlqYBE1Xi2rea8zQPxUrls2', '192.0.2.7|/sign-up/email', 2, 1795573889568);
INSERT INTO "rateLimit" (id, key, count, "lastRequest") VALUES ('h0Twdo9ukBCg5EQAwYsN9KGd4TfEnYlc', '192.0.2.7|/request-password-reset', 2, 1795573889722);

INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('G8mfKSYnAl55rit1q6EkYvMav3mXYFDc', '2099-01-01 00:00:00+00', '2aS6Z3pSzqLac1q4MIQIo3k87SjBbwXj', '2026-11-25 02:31:29.56+00', '2026-11-25 02:31:29.56+00', '192.0.2.7', 'Mozilla/5.0', 'xzpIv4HFET4FvcPf6bz0MGUehC5wXqr2');
INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('P9uC9895ObIlu1GjKbMJEk8VwBS1lzHG', '2026-01-02 00:00:00+00', 'k8YceJ5sLUsmwPpDnHQkx9VFI61PLQj4', '2025-12-26 00:00:00+00', '2025-12-26 00:00:00+00', '192.0.2.7', 'Mozilla/5.0', 'zpwZksUQvTxXyIapBHO9QGZrDBsxwYXd');

INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('6jDWue2SzeFkiSMJlGDAQUckf0xV8VNC', 'reset-password:TpgZWgBuiHiugrFzusRGolIn', 'xzpIv4HFET4FvcPf6bz0MGUehC5wXqr2', '2099-01-01 00:00:00+00', '2026-11-25 02:31:29.716+00', '2026-11-25 02:31:29.716+00');
INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('PfDhCXr5b3NknxTSgeUcccx4ChREBj4l', 'reset-password:q3GqnWXY2uDt1VOKusJWqKt7', 'zpwZksUQvTxXyIapBHO9QGZrDBsxwYXd', '2026-01-02 00:00:00+00', '2026-11-25 02:31:29.726+00', '2026-11-25 02:31:29.726+00');
