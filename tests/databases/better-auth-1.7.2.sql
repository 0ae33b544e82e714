-- What better-auth 1.7.2 of npm makes: its own migration with its default options.
-- Dumped with pg_dump 15, without owners and settings.
-- ada@example.com signs in with 'correct horse', bob@example.com with 'battery staple'; their rows are what its
-- API wrote (sign-up, a request for a reset, a Google account linked), but for "expiresAt", which is far from now.

CREATE TABLE account (
    id text NOT NULL,
    issuer text NOT NULL,
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

CREATE UNIQUE INDEX "account_issuer_accountId_uidx" ON account USING btree (issuer, "accountId");

CREATE INDEX "account_userId_idx" ON account USING btree ("userId");

CREATE INDEX "session_userId_idx" ON session USING btree ("userId");

CREATE INDEX verification_identifier_idx ON verification USING btree (identifier);

ALTER TABLE ONLY account
    ADD CONSTRAINT "account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"(id) ON DELETE CASCADE;

ALTER TABLE ONLY session
    ADD CONSTRAINT "session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"(id) ON DELETE CASCADE;

INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('RQn9gC7MassF9ejACKz80x5dlzLsqCzV', 'Ada', 'ada@example.com', false, NULL, '2026-11-25 02:31:26.134+00', '2026-11-25 02:31:26.134+00');
INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('IMgq5oSRVTRYrpYtcbPXsnfEVtY89caA', 'Bob', 'bob@example.com', false, NULL, '2026-11-25 02:31:26.311+00', '2026-11-25 02:31:26.311+00');

INSERT INTO account (id, issuer, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('8lnsZL9iRS2uBMws5lX1tRnovCg6NQkz', 'local:credential', 'RQn9gC7MassF9ejACKz80x5dlzLsqCzV', 'credential', 'RQn9gC7MassF9ejACKz80x5dlzLsqCzV', NULL, NULL, NULL, NULL, NULL, NULL, 'b2aedc0442a21a9bb0914b608a588c68:586382e2b05a5a0b9a58d60cc07efa6b8a9c7d0befe25687234090d7bb1fcc4008add658d5c81895150543901983ccfae73c9a457f309970a02d0e476eaf931d', '2026-11-25 02:31:26.144+00', '2026-11-25 02:31:26.144+00');
INSERT INTO account (id, issuer, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('AytclyB5E6AXmJwYsWSRCtkUuh0vaHpV', 'local:credential', 'IMgq5oSRVTRYrpYtcbPXsnfEVtY89caA', 'credential', 'IMgq5oSRVTRYrpYtcbPXsnfEVtY89caA', NULL, NULL, NULL, NULL, NULL, NULL, '215590f4a51d3a06251030d1faf66935:1ab81de5e67cf01b7d7b67e5d9d10de630f66b635abefc333125417cb8a71fc4dc2b128b54a0cd32c527e2e29c05acf76e9290acbd99b51af2888c5cf6b8ac03', '2026-11-25 02:31:26.313+00', '2026-11-25 02:31:26.313+00');
INSERT INTO account (id, issuer, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('vUGjZ3FBVDZIbjFWAK3WCp7yOUHzBAta', 'https://accounts.google.com', '110169484474386276334', 'google', 'IMgq5oSRVTRYrpYtcbPXsnfEVtY89caA', 'ya29.example', NULL, NULL, NULL, NULL, 'openid,email,profile', NULL, '2026-11-25 02:31:26.358+00', '2026-11-25 02:31:26.358+00');

INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('MENEebUwRx3DlOhU7Pg03yLeDIk1Er1h', '2099-01-01 00:00:00+00', 'ImBJPi8qy3ZWgwDpKdQ0niJ3bI3jnPly', '2026-11-25 02:31:26.147+00', '2026-11-25 02:31:26.147+00', '192.0.2.7', 'Mozilla/5.0', 'RQn9gC7MassF9ejACKz80x5dlzLsqCzV');
INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('YEhWPiNu4lm7bKfESJOFSp43RNgtgnPW', '2026-01-02 00:00:00+00', 'AAmr3eINrJzihBO9Hjn4T0IOpcE3CKIX', '2025-12-26 00:00:00+00', '2025-12-26 00:00:00+00', '192.0.2.7', 'Mozilla/5.0', 'IMgq5oSRVTRYrpYtcbPXsnfEVtY89caA');

INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('dLVwb4QTxaBchUYo3N2fgWof5co0PAm2', 'reset-password:MytjzoSf433tGxzTndvzBbWc', 'RQn9gC7MassF9ejACKz80x5dlzLsqCzV', '2099-01-01 00:00:00+00', '2026-11-25 02:31:26.328+00', '2026-11-25 02:31:26.328+00');
INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('jt0q0cyND0ZFW45AgE5tYPVqitWVOpgS', 'reset-password:UEwd39th4zutyzElDViB240K', 'IMgq5oSRVTRYrpYtcbPXsnfEVtY89caA', '2026-01-02 00:00:00+00', '2026-11-25 02:31:26.34+00', '2026-11-25 02:31:26.34+00');
