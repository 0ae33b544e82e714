-- What Drizzle makes of the schema that npm's auth 1.7.7 (Better Auth's CLI) generates for it (with better-auth 1.7.25,
-- provider `pg`, default options), by `drizzle-kit export` 0.31.11: columns in snake case, instants without a zone.
-- Dumped with pg_dump 15, without owners and settings.
-- ada@example.com signs in with 'correct horse', bob@example.com with 'battery staple'; their rows are what the API of
-- better-auth 1.7.25 wrote (sign-up, a request for a reset, a Google account linked), but for the instants at which
-- something expires, which are far from now.

CREATE TABLE account (
    id text NOT NULL,
    account_id text NOT NULL,
    provider_id text NOT NULL,
    user_id text NOT NULL,
    access_token text,
    refresh_token text,
    id_token text,
    access_token_expires_at timestamp without time zone,
    refresh_token_expires_at timestamp without time zone,
    scope text,
    password text,
    created_at timestamp without time zone DEFAULT now() NOT NULL,
    updated_at timestamp without time zone NOT NULL
);

CREATE TABLE session (
    id text NOT NULL,
    expires_at timestamp without time zone NOT NULL,
    token text NOT NULL,
    created_at timestamp without time zone DEFAULT now() NOT NULL,
    updated_at timestamp without time zone NOT NULL,
    ip_address text,
    user_agent text,
    user_id text NOT NULL
);

CREATE TABLE "user" (
    id text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    email_verified boolean DEFAULT false NOT NULL,
    image text,
    created_at timestamp without time zone DEFAULT now() NOT NULL,
    updated_at timestamp without time zone DEFAULT now() NOT NULL
);

CREATE TABLE verification (
    id text NOT NULL,
    identifier text NOT NULL,
    value text NOT NULL,
    expires_at timestamp without time zone NOT NULL,
    created_at timestamp without time zone DEFAULT now() NOT NULL,
    updated_at timestamp without time zone DEFAULT now() NOT NULL
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

CREATE INDEX "account_userId_idx" ON account USING btree (user_id);

CREATE INDEX "session_userId_idx" ON session USING btree (user_id);

CREATE INDEX verification_identifier_idx ON verification USING btree (identifier);

ALTER TABLE ONLY account
    ADD CONSTRAINT account_user_id_user_id_fk FOREIGN KEY (user_id) REFERENCES "user"(id) ON DELETE CASCADE;

ALTER TABLE ONLY session
    ADD CONSTRAINT session_user_id_user_id_fk FOREIGN KEY (user_id) REFERENCES "user"(id) ON DELETE CASCADE;

INSERT INTO "user" (id, name, email, email_verified, image, created_at, updated_at) VALUES ('cgq6lqyDN5z1FUWhNGtdzBxY7CV7TLgC', 'Ada', 'ada@example.com', false, NULL, '2026-11-25 02:31:18.756', '2026-11-25 02:31:18.756');
INSERT INTO "user" (id, name, email, email_verified, image, created_at, updated_at) VALUES ('VJAT6nRWN9Mys9MBmhZP1CepoxN131xh', 'Bob', 'bob@example.com', false, NULL, '2026-11-25 02:31:18.853', '2026-11-25 02:31:18.853');

INSERT INTO account (id, account_id, provider_id, user_id, access_token, refresh_token, id_token, access_token_expires_at, refresh_token_expires_at, scope, password, created_at, updated_at) VALUES ('75HH8ELQyv0p7AEkKye5RkPTeUy6iPak', 'cgq6lqyDN5z1FUWhNGtdzBxY7CV7TLgC', 'credential', 'cgq6lqyDN5z1FUWhNGtdzBxY7CV7TLgC', NULL, NULL, NULL, NULL, NULL, NULL, 'df0e2d7c3615d3b0a78468d99fe6fae1:e3c167b8ed1fe10425b0c44e04ad5b9b6d782165da819983c2f5274061d9abe3021c611820df7ad656d9be98ed4ff67fcd0af171a53233e77becd75691a6bf48', '2026-11-25 02:31:18.761', '2026-11-25 02:31:18.761');
INSERT INTO account (id, account_id, provider_id, user_id, access_token, refresh_token, id_token, access_token_expires_at, refresh_token_expires_at, scope, password, created_at, updated_at) VALUES ('RDbBnvjeH8YR9bQhHcujtCb149r83rpb', 'VJAT6nRWN9Mys9MBmhZP1CepoxN131xh', 'credential', 'VJAT6nRWN9Mys9MBmhZP1CepoxN131xh', NULL, NULL, NULL, NULL, NULL, NULL, 'f750cca8ce0b957ab4ca78a5ef34ccb6:1ff84044803802cb7366dd9a059e821cf8bec120bfbc5c0fa8a71f1ac78f1f2033eed5b15158d5b58a1ddff126ac222043ee2ce810217593e34897f07d455907', '2026-11-25 02:31:18.855', '2026-11-25 02:31:18.855');
INSERT INTO account (id, account_id, provider_id, user_id, access_token, refresh_token, id_token, access_token_expires_at, refresh_token_expires_at, scope, password, created_at, updated_at) VALUES ('SphaTMPHxmaczTHMLr2XosZuYKt5Mzod', '110169484474386276334', 'google', 'VJAT6nRWN9Mys9MBmhZP1CepoxN131xh', 'ya29.example', NULL, NULL, NULL, NULL, 'openid,email,profile', NULL, '2026-11-25 02:31:18.884', '2026-11-25 02:31:18.884');

INSERT INTO session (id, expires_at, token, created_at, updated_at, ip_address, user_agent, user_id) VALUES ('xB16Pg8ZkOQXwIYERHiuLFI1Y4Xs8duD', '2099-01-01 00:00:00', 'BiCZsUJKHtsVmwwYqK6gA9eL3AxKhdi6', '2026-11-25 02:31:18.765', '2026-11-25 02:31:18.765', '192.0.2.7', 'Mozilla/5.0', 'cgq6lqyDN5z1FUWhNGtdzBxY7CV7TLgC');
INSERT INTO session (id, expires_at, token, created_at, updated_at, ip_address, user_agent, user_id) VALUES ('gRQvjLyBSWuWXON5NarKT6PMtEzfE8IW', '2026-01-02 00:00:00', 'DNCkFZgscEGoipq3bhqSybu4OAnCi9ui', '2025-12-26 00:00:00', '2025-12-26 00:00:00', '192.0.2.7', 'Mozilla/5.0', 'VJAT6nRWN9Mys9MBmhZP1CepoxN131xh');

INSERT INTO verification (id, identifier, value, expires_at, created_at, updated_at) VALUES ('MjA2DryAAIEZSXiQeYMNysFzjyedUacG', 'reset-password:nI1zX8iCV397iu1NlFHFqnlh', 'cgq6lqyDN5z1FUWhNGtdzBxY7CV7TLgC', '2099-01-01 00:00:00', '2026-11-25 02:31:18.866', '2026-11-25 02:31:18.866');
INSERT INTO verification (id, identifier, value, expires_at, created_at, updated_at) VALUES ('9SEmYiMcN4DJCz2L10vq2nEl1TIbQPpd', 'reset-password:gEhJLaIoVbjX2gal3TGAZOmk', 'VJAT6nRWN9Mys9MBmhZP1CepoxN131xh', '2026-01-02 00:00:00', '2026-11-25 02:31:18.877', '2026-11-25 02:31:18.877');
