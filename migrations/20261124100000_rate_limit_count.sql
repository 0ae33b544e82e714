-- Counts one use of each key, in their order, and says how many milliseconds to wait: 0 when all were counted, else
-- the wait of the first that is full; the keys after it are not touched. A function, so that a statement can decide a
-- limit and then do its work only if it may.
--
-- A sliding counter (Better Auth's) starts anew after a pause of a whole window: "lastRequest" is the last allowed use.
-- A fixed one starts anew when its window is over: "lastRequest" is that end, which keeps a Better Auth beside us, whose
-- clean-up knows shorter windows only, from deleting it early.
--
-- "at" and "windows" are in milliseconds. Of parallel uses of one key the row's lock decides the order. Clocks of
-- several processes differ by a little: the last use is never moved back, and no wait is longer than a window.
create or replace function latchkey_count(
  at bigint, keys text[], windows bigint[], maxima integer[], fixed boolean[]
) returns bigint
language plpgsql volatile
as $$
declare
  counted boolean;
  last bigint;
begin
  for i in 1 .. cardinality(keys) loop
    insert into "rateLimit" as r (id, key, count, "lastRequest")
    values (
      translate(gen_random_uuid()::text, '-', ''), keys[i], 1,
      at + case when fixed[i] then windows[i] else 0 end
    )
    on conflict (key) do update set
      count = case when at >= r."lastRequest" + case when fixed[i] then 0 else windows[i] end
        then 1 else r.count + 1 end,
      "lastRequest" = case
        when not fixed[i] then greatest(at, r."lastRequest")
        when at >= r."lastRequest" then at + windows[i]
        else r."lastRequest" end
    where r.count < maxima[i] or at >= r."lastRequest" + case when fixed[i] then 0 else windows[i] end
    returning true into counted;
    if counted is null then
      select "lastRequest" into last from "rateLimit" where key = keys[i];
      return greatest(1, least(windows[i], coalesce(last, at) + case when fixed[i] then 0 else windows[i] end - at));
    end if;
    counted := null;
  end loop;
  return 0;
end
$$;
