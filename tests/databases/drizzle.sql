-- What Drizzle makes of the schema that npm's @better-auth/cli 1.0.20 generated for it (with better-auth 1.0.22, provider
-- `pg`, default options), by `drizzle-kit export` 0.31.11: names in camel case, instants without a zone.
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
    ADD CONSTRAINT session_token_unique UNIQUE (token);

ALTER TABLE ONLY "user"
    ADD CONSTRAINT user_email_unique UNIQUE (email);

ALTER TABLE ONLY "user"
    ADD CONSTRAINT user_pkey PRIMARY KEY (id);

ALTER TABLE ONLY verification
    ADD CONSTRAINT verification_pkey PRIMARY KEY (id);

ALTER TABLE ONLY account
    ADD CONSTRAINT "account_userId_user_id_fk" FOREIGN KEY ("userId") REFERENCES "user"(id);

ALTER TABLE ONLY session
    ADD CONSTRAINT "session_userId_user_id_fk" FOREIGN KEY ("userId") REFERENCES "user"(id);

INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('ab7f7YuGNVc2oCgeKuNIgMeioWwMPIEy', 'Ada', 'ada@example.com', false, NULL, '2026-11-25 02:31:17.623', '2026-11-25 02:31:17.623');
INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('T1AZGEvRofTAlTMLwtdIvYjz7wG0rq4x', 'Bob', 'bob@example.com', false, NULL, '2026-11-25 02:31:17.721', '2026-11-25 02:31:17.721');

INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('yqDq8RnsgbIjT92tNpsIITZuOyNx1eXg', 'ab7f7YuGNVc2oCgeKuNIgMeioWwMPIEy', 'credential', 'ab7f7YuGNVc2oCgeKuNIgMeioWwMPIEy', NULL, NULL, NULL, NULL, NULL, NULL, '21b1a5be405716ef93462318227a76ed:dd8e749300095c11d39db3216e35de7aeb77c912f75b9bdffdb74ff3b639e7bd3f137e723118a59e0d912b605513d75d9204eac3c5b3925e1aed570a042a11aa', '2026-11-25 02:31:17.627', '2026-11-25 02:31:17.627');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('BeatpLkPDk34yD8kgz0k221de2Mrn0mZ', 'T1AZGEvRofTAlTMLwtdIvYjz7wG0rq4x', 'credential', 'T1AZGEvRofTAlTMLwtdIvYjz7wG0rq4x', NULL, NULL, NULL, NULL, NULL, NULL, '16e17534499212abce0d0277199aff97:ed2f3fd3b33faf43682c7313b6e6b779e2ae5aad45d3ec7fd3d909db6daf54a2010e1c6bb30dcdc9b1b793fc370e5f37429909faa8ce26ef3ea55d0e04d39db7', '2026-11-25 02:31:17.723', '2026-11-25 02:31:17.723');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('OPJJAZBHS8td4RkmIEt2ND0ZdLddbZ2k', '110169484474386276334', 'google', 'T1AZGEvRofTAlTMLwtdIvYjz7wG0rq4x', 'ya29.example', NULL, NULL, NULL, NULL, 'openid,email,profile', NULL, '2026-11-25 02:31:17.754', '2026-11-25 02:31:17.754');

INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('WutjYJjHDvO84pF50Pjh5bNd6Krpr2lV', '2099-01-01 00:00:00', 'U33jWPbk9hXOUUJCjNlSt8J84yXm0YQn', '2026-11-25 02:31:17.631', '2026-11-25 02:31:17.631', '192.0.2.7', 'Mozilla/5.0', 'ab7f7YuGNVc2oCgeKuNIgMeioWwMPIEy');
INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('3loJN1h6aGkyF5Da5797OR4HAfOeoFw7', '2026-01-02 00:00:00', 'YXdQxnNkY3JPA46flVdAR5h4wVIXgjIe', '2025-12-26 00:00:00', '2025-12-26 00:00:00', '192.0.2.7', 'Mozilla/5.0', 'T1AZGEvRofTAlTMLwtdIvYjz7wG0rq4x');

INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('ilmzhArrfXDdqzKRDCLoPuKMB4wL61aZ', 'reset-password:tsOYF9IHTGphr4sFeDRGMwdv', 'ab7f7YuGNVc2oCgeKuNIgMeioWwMPIEy', '2099-01-01 00:00:00', '2026-11-25 02:31:17.735', '2026-11-25 02:31:17.735');
INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('KjiEKOuWJBdCEvFYfrVBdu0l4nTXT3zD', 'reset-password:bOuBnJofLrCGw26jLjEYDLPh', 'T1AZGEvRofTAlTMLwtdIvYjz7wG0rq4x', '2026-01-02 00:00:00', '2026-11-25 02:31:17.745', '2026-11-25 02:31:17.745');
