-- What better-auth 1.6.34 of npm makes: its own migration with its default options.
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

INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('CsiN3R5eQN3R3FEr41RK4PqR99lRS119', 'Ada', 'ada@example.com', false, NULL, '2026-11-25 02:31:21.926+00', '2026-11-25 02:31:21.926+00');
INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('ZJWBqP34gxC72ypIMdPZzHxHtDiHhFc6', 'Bob', 'bob@example.com', false, NULL, '2026-11-25 02:31:22.024+00', '2026-11-25 02:31:22.024+00');

INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('1xHQy15zAEJSwAZBVYlsyz40MX6aUD4j', 'CsiN3R5eQN3R3FEr41RK4PqR99lRS119', 'credential', 'CsiN3R5eQN3R3FEr41RK4PqR99lRS119', NULL, NULL, NULL, NULL, NULL, NULL, '69e49674f40357f708e2cbe23aa43309:1cb7834e1be73b148306da57c38ceb89768a5fd64a92d17890ff75a6e6f1bc5eb07ea48c6f37b18a24440390a3e608aae80bb1716e84b70f772396047c6d1713', '2026-11-25 02:31:21.93+00', '2026-11-25 02:31:21.93+00');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('69y5V32RVbIgxlWIYIapY10TrADP6SxB', 'ZJWBqP34gxC72ypIMdPZzHxHtDiHhFc6', 'credential', 'ZJWBqP34gxC72ypIMdPZzHxHtDiHhFc6', NULL, NULL, NULL, NULL, NULL, NULL, 'ff441186ae50388dd6c769333166fe98:ef519f1e71e8ea8d5f950a2434c884e0cc3b582ea745ea28207fd23901578e235fa70dd670a91b25581b7ddce3040d35787dee7e6285b8aae0fbc2077777598a', '2026-11-25 02:31:22.027+00', '2026-11-25 02:31:22.027+00');
INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('nZvSPsXttEt1sDxrzuwXPG2zBisxrgPe', '110169484474386276334', 'google', 'ZJWBqP34gxC72ypIMdPZzHxHtDiHhFc6', 'ya29.example', NULL, NULL, NULL, NULL, 'openid,email,profile', NULL, '2026-11-25 02:31:22.055+00', '2026-11-25 02:31:22.055+00');

INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('Ub3Ps2vFrcM0ihC717YFiYF5rxyVllny', '2099-01-01 00:00:00+00', 'ytp9IokafL3yqEHwFmCUHEurzOQQIMYP', '2026-11-25 02:31:21.932+00', '2026-11-25 02:31:21.932+00', '192.0.2.7', 'Mozilla/5.0', 'CsiN3R5eQN3R3FEr41RK4PqR99lRS119');
INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('DybyyatXwHf2D8U1XntNwGg2qpH1xHob', '2026-01-02 00:00:00+00', 'rIaeVtXe96ftjzxStIGODP951E9PD8hd', '2025-12-26 00:00:00+00', '2025-12-26 00:00:00+00', '192.0.2.7', 'Mozilla/5.0', 'ZJWBqP34gxC72ypIMdPZzHxHtDiHhFc6');

INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('IqxTjjqHW4Q7Ib1IKW4akrANCFAvycjk', 'reset-password:RM5DryP3NQtLy0XtrjSWD32B', 'CsiN3R5eQN3R3FEr41RK4PqR99lRS119', '2099-01-01 00:00:00+00', '2026-11-25 02:31:22.037+00', '2026-11-25 02:31:22.037+00');
INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('dsNQO4polIjG6absl0OsODmLoHs675xx', 'reset-password:BATwxjrmHBg2R97RBTqrziwz', 'ZJWBqP34gxC72ypIMdPZzHxHtDiHhFc6', '2026-01-02 00:00:00+00', '2026-11-25 02:31:22.051+00', '2026-11-25 02:31:22.051+00');
