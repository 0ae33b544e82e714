-- What Drizzle makes of the schema that npm's auth 1.7.7 (Better Auth's CLI) generates for it (with better-auth 1.7.25,
-- provider `pg`, `usePlural`), by `drizzle-kit export` 0.31.11: plural tables, columns in snake case, instants without
-- a zone.
-- Dumped with pg_dump 15, without owners and settings.
-- ada@example.com signs in with 'correct horse', bob@example.com with 'battery staple'; their rows are what the API of
-- better-auth 1.7.25 wrote (sign-up, a request for a reset, a Google account linked), but for the instants at which
-- something expires, which are far from now.

CREATE TABLE accounts (
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

CREATE TABLE sessions (
    id text NOT NULL,
    expires_at timestamp without time zone NOT NULL,
    token text NOT NULL,
    created_at timestamp without time zone DEFAULT now() NOT NULL,
    updated_at timestamp without time zone NOT NULL,
    ip_address text,
    user_agent text,
    user_id text NOT NULL
);

CREATE TABLE users (
    id text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    email_verified boolean DEFAULT false NOT NULL,
    image text,
    created_at timestamp without time zone DEFAULT now() NOT NULL,
    updated_at timestamp without time zone DEFAULT now() NOT NULL
);

CREATE TABLE verifications (
    id text NOT NULL,
    identifier text NOT NULL,
    value text NOT NULL,
    expires_at timestamp without time zone NOT NULL,
    created_at timestamp without time zone DEFAULT now() NOT NULL,
    updated_at timestamp without time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY sessions
    ADD CONSTRAINT sessions_token_unique UNIQUE (token);

ALTER TABLE ONLY users
    ADD CONSTRAINT users_email_unique UNIQUE (email);

ALTER TABLE ONLY users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

ALTER TABLE ONLY verifications
    ADD CONSTRAINT verifications_pkey PRIMARY KEY (id);

CREATE INDEX "accounts_userId_idx" ON accounts USING btree (user_id);

CREATE INDEX "sessions_userId_idx" ON sessions USING btree (user_id);

CREATE INDEX verifications_identifier_idx ON verifications USING btree (identifier);

ALTER TABLE ONLY accounts
    ADD CONSTRAINT accounts_user_id_users_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;

ALTER TABLE ONLY sessions
    ADD CONSTRAINT sessions_user_id_users_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;

INSERT INTO users (id, name, email, email_verified, image, created_at, updated_at) VALUES ('Bh0lzE2oJLnof5V2tyHYl2CfCmTQaRbK', 'Ada', 'ada@example.com', false, NULL, '2026-11-25 02:31:19.784', '2026-11-25 02:31:19.784');
INSERT INTO users (id, name, email, email_verified, image, created_at, updated_at) VALUES ('WtVFFQnGygcI2QtfT3cCtZPHwfSYEZeM', 'Bob', 'bob@example.com', false, NULL, '2026-11-25 02:31:19.881', '2026-11-25 02:31:19.881');

INSERT INTO accounts (id, account_id, provider_id, user_id, access_token, refresh_token, id_token, access_token_expires_at, refresh_token_expires_at, scope, password, created_at, updated_at) VALUES ('W28Q0rDjAWtzHKrY2ki9XzXteLCJ0pxn', 'Bh0lzE2oJLnof5V2tyHYl2CfCmTQaRbK', 'credential', 'Bh0lzE2oJLnof5V2tyHYl2CfCmTQaRbK', NULL, NULL, NULL, NULL, NULL, NULL, 'ff7ca647cb8772f6d970a9ff04b27c5d:b5ae43556c558e3c20d75709a48602ca0e5a45c802838788a26f1995a7fae99d9f3ad603a89f6d46bd7e40b4339ebf5f50b415fc271a1a49796f126d9f7f1bd1', '2026-11-25 02:31:19.789', '2026-11-25 02:31:19.789');
INSERT INTO accounts (id, account_id, provider_id, user_id, access_token, refresh_token, id_token, access_token_expires_at, refresh_token_expires_at, scope, password, created_at, updated_at) VALUES ('aE4RXdIMBforTsbh13dt633sPnpzOTA8', 'WtVFFQnGygcI2QtfT3cCtZPHwfSYEZeM', 'credential', 'WtVFFQnGygcI2QtfT3cCtZPHwfSYEZeM', NULL, NULL, NULL, NULL, NULL, NULL, 'eb8a73d34cbaa9d415056bb4ec698730:8c536185c5bbc53cf8fc776e32653b56ed44d958df8575e783dfcd478c30796252eb00c2f3fff2938b980c0ce761868584b337a2fbb790b112523fdcc43eaaaf', '2026-11-25 02:31:19.887', '2026-11-25 02:31:19.887');
INSERT INTO accounts (id, account_id, provider_id, user_id, access_token, refresh_token, id_token, access_token_expires_at, refresh_token_expires_at, scope, password, created_at, updated_at) VALUES ('2G0Rm4Lc8rTKGOikWNk9TKXLWK7BQZxW', '110169484474386276334', 'google', 'WtVFFQnGygcI2QtfT3cCtZPHwfSYEZeM', 'ya29.example', NULL, NULL, NULL, NULL, 'openid,email,profile', NULL, '2026-11-25 02:31:19.916', '2026-11-25 02:31:19.916');

INSERT INTO sessions (id, expires_at, token, created_at, updated_at, ip_address, user_agent, user_id) VALUES ('i7edWlvnjyARpo0GWvsORaKrjw3QKDwo', '2099-01-01 00:00:00', '6Q1PHso8aWK62c6dbpRYGaUHrevLWGV7', '2026-11-25 02:31:19.793', '2026-11-25 02:31:19.793', '192.0.2.7', 'Mozilla/5.0', 'Bh0lzE2oJLnof5V2tyHYl2CfCmTQaRbK');
INSERT INTO sessions (id, expires_at, token, created_at, updated_at, ip_address, user_agent, user_id) VALUES ('gxgOD3hUcljEmojb60pQSCZ2N6V7EBZF', '2026-01-02 00:00:00', 'sLg6d4h7ChV2o33Da1KuJ9AJfYxqEUF1', '2025-12-26 00:00:00', '2025-12-26 00:00:00', '192.0.2.7', 'Mozilla/5.0', 'WtVFFQnGygcI2QtfT3cCtZPHwfSYEZeM');

INSERT INTO verifications (id, identifier, value, expires_at, created_at, updated_at) VALUES ('QiJ1zrw2EP2kjvZjpGtSggnNBjOcxD4l', 'reset-password:jZLGvwEvWVwLzdH90rc9KJlY', 'Bh0lzE2oJLnof5V2tyHYl2CfCmTQaRbK', '2099-01-01 00:00:00', '2026-11-25 02:31:19.897', '2026-11-25 02:31:19.897');
INSERT INTO verifications (id, identifier, value, expires_at, created_at, updated_at) VALUES ('hLPFi7YEeygaKyd81LeDOAidaudvfIJr', 'reset-password:VMACxlER6w6umioAQuoWbV7I', 'WtVFFQnGygcI2QtfT3cCtZPHwfSYEZeM', '2026-01-02 00:00:00', '2026-11-25 02:31:19.909', '2026-11-25 02:31:19.909');
