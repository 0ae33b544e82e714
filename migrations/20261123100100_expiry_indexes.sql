-- What `cleanup` looks for, so that it need not read the whole table each time.

create index if not exists "session_expiresAt_idx" on session ("expiresAt");
create index if not exists "verification_expiresAt_idx" on verification ("expiresAt");
