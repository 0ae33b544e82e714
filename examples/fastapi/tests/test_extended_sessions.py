"""With a service that extends a session each time it may."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
import servers
from servers import Person, Server, me, says


@pytest.fixture(scope="module")
def auth(database_url: str, folder: Path) -> Iterator[Server]:
    with servers.latchkey(database_url, folder, SESSION_UPDATE_AGE="0") as server:
        yield server


@pytest.fixture(scope="module")
def application(database_url: str, auth: Server, folder: Path) -> Iterator[Server]:
    with servers.application(database_url, auth.url, folder) as server:
        yield server


def test_the_new_cookie_of_one_user_never_serves_another(
    auth: Server, application: Server, ada: Person
) -> None:
    directly = httpx.get(f"{auth.url}/api/auth/session", headers=ada.by_bearer())
    assert "set-cookie" in directly.headers

    assert me(application, ada.by_bearer()).status_code == 200

    stranger = {"Authorization": "Bearer forged.c2lnbmF0dXJl"}
    assert says(me(application, stranger)) == (401, "Invalid session")


def test_a_cookie_is_left_for_the_browser_to_extend(
    application: Server, db: psycopg.Connection, ada: Person
) -> None:
    def expires_at() -> object:
        query = 'select "expiresAt" from session where token = %s'
        return db.execute(query, [ada.token]).fetchone()

    at_first = expires_at()
    assert me(application, ada.by_cookie()).status_code == 200
    assert expires_at() == at_first
    assert me(application, ada.by_bearer()).status_code == 200
    assert expires_at() != at_first
