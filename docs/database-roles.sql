-- Two roles for Latchkey's database: one for the endpoints, which may read and write rows and nothing else, and one for
-- `migrate`, which owns the tables. docs/DEPLOY.md says where their URLs go.
--
-- Run it in Latchkey's database, as a superuser or as a role that may create roles and owns the tables that are there
-- already (the owner that Neon, Supabase or Amazon RDS gave you). It may be run before the first migration and after any;
-- run it once more after the first. Then give both roles a password, in psql with `\password latchkey_endpoints`.

do $$
begin
  if not exists (select from pg_roles where rolname = 'latchkey_migrate') then
    create role latchkey_migrate login;
  end if;
  if not exists (select from pg_roles where rolname = 'latchkey_endpoints') then
    create role latchkey_endpoints login;
  end if;
end
$$;

-- Who hands tables over has to be a member of the role that gets them.
grant latchkey_migrate to current_user;

grant usage, create on schema public to latchkey_migrate;
grant usage on schema public to latchkey_endpoints;
-- Everybody may create tables there in databases that began before PostgreSQL 15.
revoke create on schema public from public;

-- What migrations will make: tables to read and write, functions to call.
alter default privileges for role latchkey_migrate in schema public
  grant select, insert, update, delete on tables to latchkey_endpoints;
alter default privileges for role latchkey_migrate revoke execute on functions from public;
alter default privileges for role latchkey_migrate in schema public
  grant execute on functions to latchkey_endpoints;

-- What is there already, such as Better Auth's tables. A Better Auth that used to own them may go on with:
--   grant latchkey_endpoints to <its role>;
do $$
declare
  name text;
begin
  foreach name in array array['user', 'session', 'account', 'verification', 'rateLimit', 'latchkey_outbox', '_sqlx_migrations']
  loop
    if to_regclass(format('public.%I', name)) is not null then
      execute format('alter table public.%I owner to latchkey_migrate', name);
      execute format('grant select, insert, update, delete on public.%I to latchkey_endpoints', name);
    end if;
  end loop;
  for name in
    select p.oid::regprocedure::text from pg_proc p
      where p.pronamespace = 'public'::regnamespace and p.proname like 'latchkey\_%'
  loop
    execute format('alter function %s owner to latchkey_migrate', name);
    execute format('revoke execute on function %s from public', name);
    execute format('grant execute on function %s to latchkey_endpoints', name);
  end loop;
  -- Which migrations have run is no business of the endpoints'.
  if to_regclass('public._sqlx_migrations') is not null then
    revoke all on public._sqlx_migrations from latchkey_endpoints;
  end if;
end
$$;

-- Times stand at the role, not in the connection: a pooler may refuse what is set there. An endpoint gives up after 1.5 s
-- by itself; this ends what it left running. `cleanup` has the same role, and deletes 500 rows a statement.
alter role latchkey_endpoints set statement_timeout = '5s';
alter role latchkey_endpoints set lock_timeout = '2s';
-- A function that is frozen in the middle of a transaction must not keep its locks.
alter role latchkey_endpoints set idle_in_transaction_session_timeout = '10s';
-- Lambda keeps idle functions for longer than their connections are worth; the next request makes a new one.
alter role latchkey_endpoints set idle_session_timeout = '15min';

-- While a migration waits for a table's lock, everybody else waits behind it.
alter role latchkey_migrate set lock_timeout = '30s';
-- Under the 300 s of the function.
alter role latchkey_migrate set statement_timeout = '280s';
alter role latchkey_migrate set idle_in_transaction_session_timeout = '60s';
