-- What better-auth 1.7.25 of npm makes: its own migration with `secondaryStorage`, which keeps sessions and verifications.
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

CREATE TABLE "user" (
    id text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    "emailVerified" boolean NOT NULL,
    image text,
    "createdAt" timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

ALTER TABLE ONLY account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);

ALTER TABLE ONLY "user"
    ADD CONSTRAINT user_email_key UNIQUE (email);

ALTER TABLE ONLY "user"
    ADD CONSTRAINT user_pkey PRIMARY KEY (id);

CREATE INDEX "account_userId_idx" ON account USING btree ("userId");

ALTER TABLE ONLY account
    ADD CONSTRAINT "account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"(id) ON DELETE CASCADE;

INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('0ZOcxIGwXlFmJGO4jVVSWxg11PACR5t5', 'Ada', 'ada@example.com', false, NULL, '2026-11-25 02:31:33.287+00', '2026-11-25 02:31:33.287+00');
INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('PrPA6SAIBAXgWx2Q3SrRBukFssr42vKu', 'Bob', 'bob@example.com', false, NULL, '2026-11-25 02:31:33.489+00', '2026-11-25 02:31:33.489+00');

INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('YiX9ibfbtIvutyiycelRqn44AEcSaNOQ', '0ZOcxIGwXlFmJGO4jVVSWxg11PACR5t5', 'credential', '0ZOcxIGwXlFmJGO4jVVSWxg11PACR5t5', NULL, NULL, NULL, NULL, NULL, NULL, '9625a065146e8901af60e2aa154a02fb:68dc27717a1dffcb9e1349d6cafa5ecfd2ce7ad144fb8ebac3f43b712a121bb89a8a25ad426f3c2c6714b05e4a3cda1948452781821b88a9ec83eb63685e7721', '2026-11-25 02:31:33.291+00', '2026-11-25 02:31:33.291+00');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('xJmBSdEKfo9wTaRDK0Uknv6sMDWB3CCg', 'PrPA6SAIBAXgWx2Q3SrRBukFssr42vKu', 'credential', 'PrPA6SAIBAXgWx2Q3SrRBukFssr42vKu', NULL, NULL, NULL, NULL, NULL, NULL, '013700fa3d552839152554c8ca27f4f2:78b476f94e005989ff328d17395a45287054b2720506116326acb8d8a66ef1ef9dee5faa3b1fa4deaa95e1e60c941fcc8367908ffdc34da5335db3062c116d16', '2026-11-25 02:31:33.495+00', '2026-11-25 02:31:33.495+00');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('jdMgZuiNSPFPVPhoREV4A38r0L2RVGAE', '110169484474386276334', 'google', 'PrPA6SAIBAXgWx2Q3SrRBukFssr42vKu', 'ya29.example', NULL, NULL, NULL, NULL, 'openid,email,profile', NULL, '2026-11-25 02:31:33.52+00', '2026-11-25 02:31:33.52+00');
