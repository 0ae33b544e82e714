-- What better-auth 1.7.0 of npm makes: its own migration with its default options.
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

INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('Vm05h84lzXJNgokzudCajt3aGk8YcGaQ', 'Ada', 'ada@example.com', false, NULL, '2026-11-25 02:31:23.959+00', '2026-11-25 02:31:23.959+00');
INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES ('gtWzWZ3ezYqfOJZhqZfImJub8kdxkRYT', 'Bob', 'bob@example.com', false, NULL, '2026-11-25 02:31:24.126+00', '2026-11-25 02:31:24.126+00');

INSERT INTO account (id, issuer, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('lEdo6qr0O7krpZcyfPQnADduJERG8Pcm', 'local:credential', 'Vm05h84lzXJNgokzudCajt3aGk8YcGaQ', 'credential', 'Vm05h84lzXJNgokzudCajt3aGk8YcGaQ', NULL, NULL, NULL, NULL, NULL, NULL, '54ca269ac23dab29eb3e1e3962f1facf:96ff2279a500dc264ce7551a0cbcc1082ec63a2584d73d3f5ac585424d47d51984110c3f6e7cc334c303214f4cfef7261a87e64d07aa283706b2ca37c5caaae1', '2026-11-25 02:31:23.962+00', '2026-11-25 02:31:23.962+00');
INSERT INTO account (id, issuer, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('nRffDdTS8pqc0EIJItLIKl7SGtpGD3se', 'local:credential', 'gtWzWZ3ezYqfOJZhqZfImJub8kdxkRYT', 'credential', 'gtWzWZ3ezYqfOJZhqZfImJub8kdxkRYT', NULL, NULL, NULL, NULL, NULL, NULL, '8f2df7b6c1e09558d0c7d6d52455797a:0853052058e90aa1cd10c57b07b330bab96247507de03d12aabafbaad96d559363e6fda22f40922ad3128f51777da4b6bbb30d705e4bfbb9ce100698f6cdb221', '2026-11-25 02:31:24.128+00', '2026-11-25 02:31:24.128+00');
INSERT INTO account (id, issuer, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") VALUES ('fdJsIvRvWFetizglP8PFgajjbYrhgGxg', 'https://accounts.google.com', '110169484474386276334', 'google', 'gtWzWZ3ezYqfOJZhqZfImJub8kdxkRYT', 'ya29.example', NULL, NULL, NULL, NULL, 'openid,email,profile', NULL, '2026-11-25 02:31:24.173+00', '2026-11-25 02:31:24.173+00');

INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('lUKf8W9zNP6R569unmoOlZCG0OUllw8Q', '2099-01-01 00:00:00+00', 'VRU5gm5CNMjjQqyRmkoN7VjtF4SDouZZ', '2026-11-25 02:31:23.973+00', '2026-11-25 02:31:23.973+00', '192.0.2.7', 'Mozilla/5.0', 'Vm05h84lzXJNgokzudCajt3aGk8YcGaQ');
INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('XFrtQsqg61cD2Smr6bqi1KhubNkX6Jgs', '2026-01-02 00:00:00+00', 'FWjB6F0vA8ScS4vPXS4Z8toznyfCrTZy', '2025-12-26 00:00:00+00', '2025-12-26 00:00:00+00', '192.0.2.7', 'Mozilla/5.0', 'gtWzWZ3ezYqfOJZhqZfImJub8kdxkRYT');

INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('4bqMgYr7lZ55BybkSu8cvP43EnaC7GWk', 'reset-password:vDVPWSIisD320Q4KhFbAHvwG', 'Vm05h84lzXJNgokzudCajt3aGk8YcGaQ', '2099-01-01 00:00:00+00', '2026-11-25 02:31:24.147+00', '2026-11-25 02:31:24.147+00');
INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ('W3TasLYkt6W4kjgmMwM3BGWaRdcp1zWr', 'reset-password:pHekaLaM3z9oUdqH2iRVzLsx', 'gtWzWZ3ezYqfOJZhqZfImJub8kdxkRYT', '2026-01-02 00:00:00+00', '2026-11-25 02:31:24.167+00', '2026-11-25 02:31:24.167+00');
