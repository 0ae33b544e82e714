-- What Prisma makes of the schema that npm's auth 1.7.7 (Better Auth's CLI) generates for it (with better-auth 1.7.25,
-- provider `postgresql`, default options), by `prisma migrate diff --from-empty` 6.19.0: `timestamp(3)`, and no default
-- for an "updatedAt".
-- Dumped with pg_dump 15, without owners and settings.
-- ada@example.com signs in with 'correct horse', bob@example.com with 'battery staple'; their rows are what the API of
-- better-auth 1.7.25 wrote (sign-up, a request for a reset, a Google account linked), but for the instants at which
-- something expires, which are far from now.

CREATE TABLE account (
    id text NOT NULL,
    "accountId" text NOT NULL,
    "providerId" text NOT NULL,
    "userId" text NOT NULL,
    "accessToken" text,
    "refreshToken" text,
    "idToken" text,
    "accessTokenExpiresAt" timestamp(3) without time zone,
    "refreshTokenExpiresAt" timestamp(3) without time zone,
    scope text,
    password text,
    "createdAt" timestamp(3) without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp(3) without time zone NOT NULL
);

CREATE TABLE session (
    id text NOT NULL,
    "expiresAt" timestamp(3) without time zone NOT NULL,
    token text NOT NULL,
    "createdAt" timestamp(3) without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp(3) without time zone NOT NULL,
    "ipAddress" text,
    "userAgent" text,
    "userId" text NOT NULL
);

CREATE TABLE "user" (
    id text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    "emailVerified" boolean DEFAULT false NOT NULL,
    image text,
    "createdAt" timestamp(3) without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp(3) without time zone NOT NULL
);

CREATE TABLE verification (
    id text NOT NULL,
    identifier text NOT NULL,
    value text NOT NULL,
    "expiresAt" timestamp(3) without time zone NOT NULL,
    "createdAt" timestamp(3) without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp(3) without time zone NOT NULL
);

ALTER TABLE ONLY account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);

ALTER TABLE ONLY session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id);

ALTER TABLE ONLY "user"
    ADD CONSTRAINT user_pkey PRIMARY KEY (id);

ALTER TABLE ONLY verification
    ADD CONSTRAINT verification_pkey PRIMARY KEY (id);

CREATE INDEX "account_userId_idx" ON account USING btree ("userId");

CREATE UNIQUE INDEX session_token_key ON session USING btree (token);

CREATE INDEX "session_userId_idx" ON session USING btree ("userId");

CREATE UNIQUE INDEX user_email_key ON "user" USING btree (email);

CREATE INDEX verification_identifier_idx ON verification USING btree (identifier);

ALTER TABLE ONLY account
    ADD CONSTRAINT "account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY session
    ADD CONSTRAINT "session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"(id) ON UPDATE CASCADE ON DELETE CASCADE;

INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('LH56qB1NrbSd2ijKNBjiemU79RlJha7c', 'Ada', 'ada@example.com', false, NULL, '2026-11-25 02:31:20.925', '2026-11-25 02:31:20.925');
INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('WbARh20rssf3gqZkcP8m85q7ARzWe2aq', 'Bob', 'bob@example.com', false, NULL, '2026-11-25 02:31:21.021', '2026-11-25 02:31:21.021');

INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('7RiKqMR6xHztvDnlGSoYtzKgP69wEhZF', 'LH56qB1NrbSd2ijKNBjiemU79RlJha7c', 'credential', 'LH56qB1NrbSd2ijKNBjiemU79RlJha7c', NULL, NULL, NULL, NULL, NULL, NULL, 'b117bbd95b98ae8e15e04203fac1acfb:019bf8a1ad2646d0f8e75a88bb3f3bf173099b429ad26264eb7ca7cbda6947afc36d951f83c5f5f1f6bb06fd9e5936e4a705e7c924176b9084b00602242bf852', '2026-11-25 02:31:20.93', '2026-11-25 02:31:20.93');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('ydqWqaSN7PuRW4xBYlk6J8R6OwsGIqXI', 'WbARh20rssf3gqZkcP8m85q7ARzWe2aq', 'credential', 'WbARh20rssf3gqZkcP8m85q7ARzWe2aq', NULL, NULL, NULL, NULL, NULL, NULL, '49817d2b81529bf53416c682af6cb0c7:25ee5bd209486e63438ff4598e47dd7a0a8036e91e8e17539d92e4c0becf4393e70aa574c232a4dbab9a14ad2fb51525df6681bba5aef6c2e65b65ba4624745a', '2026-11-25 02:31:21.023', '2026-11-25 02:31:21.023');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('61eJPgF2Ujc1nmQeLKc9iUA103cZ8rw2', '110169484474386276334', 'google', 'WbARh20rssf3gqZkcP8m85q7ARzWe2aq', 'ya29.example', NULL, NULL, NULL, NULL, 'openid,email,profile', NULL, '2026-11-25 02:31:21.056', '2026-11-25 02:31:21.056');

INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('hJMystN0Et6QKBdfZvjDkwuocxc2N1Bx', '2099-01-01 00:00:00', 'ikKRYwOysPYcBYlFeViR9antqjC9tSl9', '2026-11-25 02:31:20.934', '2026-11-25 02:31:20.934', '192.0.2.7', 'Mozilla/5.0', 'LH56qB1NrbSd2ijKNBjiemU79RlJha7c');
INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('ecQoS9qaeUHisjQ0IAs8B6EY6br6ysLo', '2026-01-02 00:00:00', 'KcosHL4yx2SX0tAxfmVOel3DDdGSrV7e', '2025-12-26 00:00:00', '2025-12-26 00:00:00', '192.0.2.7', 'Mozilla/5.0', 'WbARh20rssf3gqZkcP8m85q7ARzWe2aq');

INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('JqYvfCmfuOwp8InQHtHcHAINcIlnR7ht', 'reset-password:R1zaHh2wnTgvrmPA9HhmeiTV', 'LH56qB1NrbSd2ijKNBjiemU79RlJha7c', '2099-01-01 00:00:00', '2026-11-25 02:31:21.038', '2026-11-25 02:31:21.038');
INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('g2fE01HumPXohKGQhK2Lcqhlt4174qce', 'reset-password:sUs9PRfEYG2FDfigXci0Gc5A', 'WbARh20rssf3gqZkcP8m85q7ARzWe2aq', '2026-01-02 00:00:00', '2026-11-25 02:31:21.051', '2026-11-25 02:31:21.051');
