"""503: the auth service is away, slow, or in trouble."""

import http.server
import socket
import threading
import time
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import servers
from servers import Person, Server, me, says
from sqlalchemy import make_url


def test_a_service_that_is_away_and_comes_back(database_url: str, folder: Path) -> None:
    with servers.latchkey(database_url, folder) as auth:
        ada = Person(auth)
        with servers.application(database_url, auth.url, folder) as application:
            assert me(application, ada.by_cookie()).status_code == 200

            auth.stop()
            away = me(application, ada.by_cookie())
            port = str(urlsplit(auth.url).port)
            with servers.latchkey(database_url, folder, AUTH_PORT=port):
                back = me(application, ada.by_cookie())

    assert says(away) == (503, "The auth service can't be reached. Try again in a moment.")
    assert back.status_code == 200
    assert ada.token not in application.log.read_text()


class SilentServer:
    """Accepts, keeps what it is told, and says nothing."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.heard = b""
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        connection, _ = self._socket.accept()
        while data := connection.recv(4096):
            self.heard += data


@pytest.mark.parametrize(
    ("sent", "forwarded"),
    [
        (
            {"Cookie": "theme=dark; better-auth.session_token=abc.def%3d; better-auth.other=1"},
            b"cookie: better-auth.session_token=abc.def%3d\r\n",
        ),
        (
            {"Cookie": "better-auth.session_token=abc", "Authorization": "Bearer token"},
            b"authorization: bearer token\r\n",
        ),
    ],
)
def test_a_slow_service_hears_the_credential_alone_and_is_given_up(
    database_url: str, auth: Server, folder: Path, sent: dict[str, str], forwarded: bytes
) -> None:
    slow = SilentServer()
    with servers.application(
        database_url, slow.url, folder, AUTH_TIMEOUT_SECONDS="0.5"
    ) as application:
        began = time.monotonic()
        answer = me(application, {**sent, "X-Other": "other"})
        took = time.monotonic() - began

    assert says(answer) == (
        503,
        "The auth service did not answer in time. Try again in a moment.",
    )
    assert 0.5 <= took < 5
    heard = slow.heard.lower()
    assert heard.startswith(b"get /api/auth/session")
    assert forwarded in heard
    assert (b"cookie" in heard) == (b"cookie" in forwarded)
    assert b"other" not in heard


def test_a_service_without_its_database(folder: Path) -> None:
    with servers.database() as url, servers.latchkey(url, folder) as auth:
        ada = Person(auth)
        with servers.application(url, auth.url, folder) as application:
            assert me(application, ada.by_cookie()).status_code == 200
            with psycopg.connect(
                make_url(url).set(database="postgres").render_as_string(hide_password=False),
                autocommit=True,
            ) as db:
                db.execute(f"drop database {make_url(url).database} with (force)")

            answer = me(application, ada.by_cookie())

    assert says(answer) == (503, "The auth service has trouble. Try again in a moment.")


def test_a_service_that_is_asked_too_often(database_url: str, folder: Path) -> None:
    limits = {
        "RATE_LIMIT_ENABLED": "true",
        "RATE_LIMIT_RULES": '{"/get-session": {"window": 60, "max": 1}}',
    }
    with (
        servers.latchkey(database_url, folder, **limits) as auth,
        servers.application(database_url, auth.url, folder) as application,
    ):
        ada = Person(auth)
        first = me(application, ada.by_cookie())
        second = me(application, ada.by_cookie())

    assert first.status_code == 200
    assert says(second) == (503, "The auth service has trouble. Try again in a moment.")


def test_something_else_at_the_address(
    database_url: str, auth: Server, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "api/auth").mkdir(parents=True)
    (tmp_path / "api/auth/session").write_text("<h1>Welcome</h1>")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as files:
        threading.Thread(target=files.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{files.server_port}"
        with servers.application(database_url, url, folder) as application:
            known_path = me(application, {"Authorization": "Bearer token"})
        with servers.application(database_url, f"{url}/elsewhere", folder) as application:
            unknown_path = me(application, {"Authorization": "Bearer token"})
        files.shutdown()

    assert says(known_path) == (
        503,
        "The auth service gave an answer that makes no sense. Try again in a moment.",
    )
    assert says(unknown_path) == (401, "Invalid session")
    assert "The auth service answered 404" in application.log.read_text()
