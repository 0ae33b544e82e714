-- Moves the users of a legacy table `users` into "user" and account: all of them, or in case of an error none.
--
--   psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -v dry_run=1 -f docs/legacy-users.sql   # says what would come of it
--   psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f docs/legacy-users.sql
--
-- The tables of Better Auth have to be there (`latchkey migrate` makes them). A second run moves what is new. Signing
-- up and changing a user wait for it (200,000 users took 6 s), and it waits for them for 5 s at most; signing in goes
-- on. What it prints holds addresses of users.

\set QUIET on
\set ON_ERROR_STOP on
\pset footer off
\pset null ''
begin;
set local lock_timeout = '5s';
-- What is written into, or read from, a `timestamp` without a zone is UTC.
set local timezone = 'UTC';
set local client_min_messages = warning;
lock table "user" in share row exclusive mode;

-- The legacy table as this script reads it: the place to name columns that are called otherwise. A column that is not
-- there is null. `sub` may be of any type, an address in any case.
create temporary view legacy as
select coalesce(it ->> 'sub', it ->> 'id') as id,
       lower(btrim(it ->> 'email', E' \t\r\n')) as email,
       coalesce(it ->> 'name', '') as name,
       coalesce(it ->> 'image', it ->> 'picture', it ->> 'avatar_url') as image,
       -- A char(n) has blanks at its end.
       rtrim(coalesce(nullif(it ->> 'password_hash', ''), nullif(it ->> 'hashed_password', ''),
                      nullif(it ->> 'encrypted_password', ''), nullif(it ->> 'password', ''))) as password,
       -- Who may not sign in: Django's is_active, Firebase's disabled.
       coalesce((it ->> 'is_active')::boolean = false, false) or coalesce((it ->> 'disabled')::boolean, false)
           as is_disabled,
       coalesce((it ->> 'email_verified')::boolean, it ->> 'email_verified_at' is not null) as email_verified,
       -- Milliseconds, as all instants of these tables.
       date_trunc('milliseconds', coalesce((it ->> 'created_at')::timestamptz, now())) as created_at
  from (select to_jsonb(users) as it from users) as rows;

-- Each row of it, and why it is left out, if it is. Where two rows share an address, neither moves: nothing here says
-- whose it is, and the wrong one would get the other's account. The owner of the table settles it and runs this again.
create temporary table judged as
select legacy.*,
       case
           when legacy.id is null or legacy.id = '' then 'it has no id'
           when count(*) over (partition by legacy.id) > 1 then 'its id is there twice'
           when known.email = legacy.email then 'moved before'
           when known.id is not null then 'its id is in "user" with another address'
           when is_disabled then 'it may not sign in'
           -- What Better Auth and Latchkey take for an address: nobody could sign in with another.
           when legacy.email is null or legacy.email !~
               '^(?!\.)(?!.*\.\.)[A-Za-z0-9_''+.-]*[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}$'
               then 'its address is none that can sign in'
           when count(*) over (partition by legacy.email) > 1 then 'its address is there twice, but for case and blanks'
           when exists (select from "user" where lower("user".email) = legacy.email)
               then 'its address is in "user" already'
       end as left_out,
       -- Forms that Latchkey verifies. Anything else may be a password in clear: it stays where it is.
       legacy.password ~ ('^(\$2[abxy]\$|\$argon2(d|i|id)\$|\$pbkdf2(-sha1|-sha256|-sha512)?\$|\$scrypt\$|\$fbscrypt\$'
           || '|pbkdf2_sha(1|256)\$|argon2\$|bcrypt(_sha256)?\$|[0-9a-f]{32}:[0-9a-f]{128}$)') as is_hash
  from legacy
  left join "user" as known on known.id = legacy.id;

savepoint judged;

-- `Often:` is what recipes for such a move write there, and what comes of it.
insert into "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt")
select id, name,
       email, -- Often: as it was. Sign-in looks for the address in lower case, and does not find it.
       email_verified, -- Often: true. That vouches for addresses which nobody proved.
       image,
       created_at, -- Often: now.
       date_trunc('milliseconds', now())
  from judged
 where left_out is null;

insert into account (id, "userId", "providerId", "accountId", password, "createdAt", "updatedAt")
select id, -- Often: gen_random_uuid(), which is no text. Latchkey's own resets take the user's id, too.
       id, 'credential',
       id, -- Often: the e-mail address. Better Auth looks for the user's id here: nobody can sign in.
       password, -- Often: none. The hash as it stands: Latchkey verifies it, and makes it anew at the next sign-in.
       created_at, date_trunc('milliseconds', now()) -- Often: none. "updatedAt" may not be null.
  from judged
 where left_out is null and is_hash; -- Often: everybody. Without a password there is no such account.

\if :{?dry_run}
rollback to savepoint judged;
\endif
drop view legacy;
commit;

\echo
select coalesce(left_out, case
           when is_hash then 'moved'
           when password is null then 'moved, without a password: a reset makes one'
           else 'moved, without the password, whose form is unknown: a reset makes one'
       end) as users, count(*)
  from judged group by 1 order by 1;
\echo
\echo 'Left out:'
select id, email, left_out as why
  from judged
 where left_out <> 'moved before'
 order by email, id;
\if :{?dry_run}
\echo 'A dry run: nothing was moved.'
\endif
