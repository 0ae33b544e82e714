-- What is to be mailed. A row is written in the statement of the change it belongs to, so neither is there without the
-- other; the mailer takes it from here. No foreign key: who deletes an account must not wait for its mails.
create table if not exists latchkey_outbox (
  id text not null primary key,
  kind text not null,
  user_id text not null,
  -- To whom it goes.
  address text not null,
  -- When an address is to change: to what.
  new_email text,
  -- Where the link leads in the end, as the request said it.
  callback_url text,
  -- Where the service was reached: its links begin with it.
  base_url text not null,
  -- The single-use token of the link, sealed; never in clear.
  sealed_token text,
  created_at timestamptz not null,
  due_at timestamptz not null,
  -- Somebody is sending it until then.
  locked_until timestamptz,
  attempts integer not null default 0,
  sent_at timestamptz,
  -- Given up, with the last error.
  dead_at timestamptz,
  error text
);

create index if not exists latchkey_outbox_due_idx on latchkey_outbox (due_at)
  where sent_at is null and dead_at is null;
