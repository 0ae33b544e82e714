"""The cleanup deletes what has expired, and nothing else, in the time it has."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from events import load
from postgres import Database
from stack import MakeStack, Stack

EVENT = load("cleanup").payload

HOUR_MS = 3_600_000


def fill(database: Database, expired: int, live: int) -> None:
    """A user with sessions, and as many verifications and rate limits, gone by and not."""
    database.execute(
        'insert into "user" (id, name, email, "emailVerified") values (%s, %s, %s, false)', "u", "U", "u@example.com"
    )
    for state, count, offset in (("expired", expired, "-1 hour"), ("live", live, "1 hour")):
        database.execute(
            'insert into session (id, "expiresAt", token, "updatedAt", "userId")'
            " select %s || n, now() + %s::interval, %s || n, now(), 'u' from generate_series(1, %s) n",
            state,
            offset,
            state,
            count,
        )
        database.execute(
            'insert into verification (id, identifier, value, "expiresAt")'
            " select %s || n, 'reset-password:' || n, 'u', now() + %s::interval from generate_series(1, %s) n",
            state,
            offset,
            count,
        )
        last_request = int(time.time() * 1000) - (24 * HOUR_MS if state == "expired" else 0)
        database.execute(
            'insert into "rateLimit" (id, key, count, "lastRequest")'
            " select %s || n, %s || n, 1, %s from generate_series(1, %s) n",
            state,
            f"{state}|/sign-in/email|",
            last_request,
            count,
        )


def left(database: Database, table: str, state: str) -> int:
    """How many rows of a kind are left."""
    return int(database.value(f'select count(*) from "{table}" where id like %s', f"{state}%"))


def test_expired_rows_go_and_live_ones_stay(make_stack: MakeStack, own_database: Database) -> None:
    stack = make_stack(database=own_database)
    fill(stack.database, expired=70, live=30)

    counts = stack.function("cleanup").result(EVENT)
    again = stack.function("cleanup").result(EVENT)

    assert counts == {"session": 70, "verification": 70, "rateLimit": 70, "outbox": 0, "complete": True}
    assert again == {"session": 0, "verification": 0, "rateLimit": 0, "outbox": 0, "complete": True}
    for table in ("session", "verification", "rateLimit"):
        assert (left(stack.database, table, "expired"), left(stack.database, table, "live")) == (0, 30), table
    assert stack.database.value('select count(*) from "user"') == 1


@pytest.mark.parametrize("event", [{}, [], "now", 17, None], ids=ascii)
def test_any_event_will_do(stack: Stack, event: object) -> None:
    assert stack.function("cleanup").result(event)["complete"] is True


def test_two_at_once_share_the_work(make_stack: MakeStack, own_database: Database) -> None:
    stack = make_stack(database=own_database)
    fill(stack.database, expired=5_000, live=50)
    cleanups = [stack.start("cleanup"), stack.start("cleanup")]

    with ThreadPoolExecutor() as threads:
        counts = list(threads.map(lambda cleanup: cleanup.result(EVENT), cleanups))

    for table in ("session", "verification", "rateLimit"):
        assert sum(count[table] for count in counts) == 5_000, counts
        assert (left(stack.database, table, "expired"), left(stack.database, table, "live")) == (0, 50), table


def test_it_stops_before_its_deadline_and_says_that_more_is_left(make_stack: MakeStack, own_database: Database) -> None:
    stack = make_stack(database=own_database, timeout_secs=3)
    fill(stack.database, expired=40_000, live=10)
    # A slow disk: half a millisecond a row, so that all of it would take many times the deadline.
    stack.database.execute(
        "create function slowly() returns trigger language plpgsql as"
        " $$ begin perform pg_sleep(0.0005); return old; end $$"
    )
    for table in ("session", "verification", "rateLimit"):
        stack.database.execute(
            f'create trigger slowly before delete on "{table}" for each row execute function slowly()'
        )

    started = time.monotonic()
    counts = stack.function("cleanup").result(EVENT)
    seconds = time.monotonic() - started

    deleted = {table: counts[table] for table in ("session", "verification", "rateLimit")}
    assert counts["complete"] is False
    assert sum(deleted.values()) > 0
    assert seconds < 3
    for table, count in deleted.items():
        assert left(stack.database, table, "expired") == 40_000 - count, table
        assert left(stack.database, table, "live") == 10, table


def test_a_row_that_somebody_holds_is_left_for_the_next_time(make_stack: MakeStack, own_database: Database) -> None:
    stack = make_stack(database=own_database)
    fill(stack.database, expired=20, live=0)
    stack.database.execute("begin")
    stack.database.rows("select 1 from session where id = 'expired7' for update")

    counts = stack.function("cleanup").result(EVENT)
    stack.database.execute("rollback")

    assert counts["session"] == 19
    assert stack.function("cleanup").result(EVENT)["session"] == 1
