-- Ends all sessions of a user; says how many. A function, since it has to see what was committed while the statement
-- that calls it waited for a lock: a sign-in with the old password may have made a session in that time.
create or replace function latchkey_end_sessions(of_user text) returns bigint
language plpgsql volatile
as $$
declare
  ended bigint;
begin
  delete from session where "userId" = of_user;
  get diagnostics ended = row_count;
  return ended;
end
$$;
