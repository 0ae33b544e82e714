-- The application's own table beside "user", and a row in it for everybody who is there already:
--
--   psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f docs/app-users.sql
--
-- It may run again at any time. Who signs up afterwards has no row yet; the application makes it when it first meets a
-- user:
--
--   insert into app_users (user_id) values ($1) on conflict (user_id) do nothing
--
-- No trigger does it: one that fails would make signing up fail.

begin;
set local client_min_messages = warning;

create table if not exists app_users (
    id uuid primary key default gen_random_uuid(),
    user_id text not null references "user" (id) on delete cascade,
    -- The application's own columns come here.
    created_at timestamptz not null default now()
);

create unique index if not exists idx_app_users_user_id on app_users (user_id);

insert into app_users (user_id, created_at)
select id, "createdAt" from "user"
    on conflict (user_id) do nothing;

commit;
