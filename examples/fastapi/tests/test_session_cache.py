"""The cache of validated sessions."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import servers
from servers import Person, Server, me, says

from app.schemas import AuthUser
from app.session_cache import SessionCache

SECONDS = 3.0
ADA = AuthUser(id="1", email="ada@example.com", name="Ada")


@pytest.fixture(scope="module")
def application(database_url: str, auth: Server, folder: Path) -> Iterator[Server]:
    with servers.application(
        database_url, auth.url, folder, SESSION_CACHE_SECONDS=str(SECONDS)
    ) as server:
        yield server


def test_a_revoked_session_is_believed_that_long_and_no_longer(
    application: Server, ada: Person
) -> None:
    assert me(application, ada.by_cookie()).status_code == 200
    answered_at = time.monotonic()
    ada.post("/sign-out")

    soon = me(application, ada.by_cookie())
    time.sleep(max(0, answered_at + SECONDS - time.monotonic()))
    later = me(application, ada.by_cookie())

    assert soon.status_code == 200
    assert says(later) == (401, "Invalid session")


def test_a_deleted_user_is_not_believed(application: Server, ada: Person) -> None:
    assert me(application, ada.by_cookie()).status_code == 200
    ada.post("/delete-user", password=ada.password)

    assert says(me(application, ada.by_cookie())) == (401, "Invalid session")


def test_each_credential_is_its_own_entry(application: Server, auth: Server) -> None:
    ada, bob = Person(auth), Person(auth, "Bob")

    ids = [me(application, person.by_cookie()).json()["user_id"] for person in (ada, bob, ada)]

    assert ids == [ada.id, bob.id, ada.id]


def test_the_time_counts_from_the_question() -> None:
    now = 100.0
    cache = SessionCache(10, clock=lambda: now)
    cache.put(b"token", ADA, asked_at=95)

    now = 104.9
    assert cache.find(b"token") == ADA
    now = 105.0
    assert cache.find(b"token") is None


def test_the_oldest_makes_room() -> None:
    cache = SessionCache(10, max_entries=2)
    for token in (b"1", b"2", b"1", b"3"):
        cache.put(token, ADA, asked_at=cache.clock())

    assert len(cache) == 2
    assert [cache.find(token) for token in (b"1", b"2", b"3")] == [ADA, None, ADA]


def test_no_credential_is_kept() -> None:
    cache = SessionCache(10)
    cache.put(b"a-secret-token", ADA, asked_at=cache.clock())

    assert "a-secret-token" not in repr(vars(cache))


def test_no_seconds_is_no_cache() -> None:
    cache = SessionCache(0)
    cache.put(b"token", ADA, asked_at=cache.clock())

    assert len(cache) == 0
