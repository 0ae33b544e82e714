"""The real service and the application, each a process of its own, on free ports."""

import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
from sqlalchemy import make_url

EXAMPLE = Path(__file__).parent.parent
START_SECONDS = 60


class DidNotStart(Exception):
    """With what it had to say."""


@dataclass
class Server:
    """A process that serves under `url`."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def _serve(command: list[str], env: Mapping[str, str], folder: Path, says: str) -> Iterator[Server]:
    """Runs it in an empty folder, with no variables but these, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{secrets.token_hex(4)}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env={"PATH": os.environ["PATH"], **env},
            cwd=folder,
            stdout=output,
            stderr=output,
        )
    server = Server(process, "", log)
    try:
        give_up_at = time.monotonic() + START_SECONDS
        while not (found := re.search(rf"{says} (http://\S+:\d+)", log.read_text())):
            if process.poll() is not None or time.monotonic() > give_up_at:
                raise DidNotStart(log.read_text())
            time.sleep(0.05)
        server.url = found[1]
        yield server
    finally:
        server.stop()


@contextmanager
def latchkey(database_url: str, folder: Path, **settings: str) -> Iterator[Server]:
    env = {
        "DATABASE_URL": database_url,
        "BETTER_AUTH_SECRET": "the-tests-of-the-fastapi-example-sign-with-this",
        "AUTH_PORT": "0",
        "DELETE_USER_ENABLED": "true",
        **settings,
    }
    with _serve([os.environ["LATCHKEY_BIN"]], env, folder, "Latchkey listens on") as server:
        yield server


@contextmanager
def application(
    database_url: str, auth_server_url: str, folder: Path, **settings: str
) -> Iterator[Server]:
    env = {
        "PYTHONPATH": str(EXAMPLE),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DATABASE_URL": database_url,
        "AUTH_SERVER_URL": auth_server_url,
        "BACKEND_PORT": "0",
        **settings,
    }
    command = [sys.executable, "-m", "app"]
    with _serve(command, env, folder, "Uvicorn running on") as server:
        yield server


@contextmanager
def database() -> Iterator[str]:
    """An empty database of its own, gone afterwards."""
    server = os.environ["TEST_DATABASE_URL"]
    name = f"fastapi_example_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as db:
        db.execute(f"create database {name}")
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            db.execute(f"drop database if exists {name} with (force)")


class Person:
    """Somebody with an account, signed in: what a browser or a client of theirs holds."""

    def __init__(self, auth: Server, name: str = "Ada Lovelace") -> None:
        self._auth = auth.url
        self.email = f"{secrets.token_hex(6)}@example.com"
        self.name = name
        self.password = "correct horse battery"
        answer = self.post(
            "/sign-up/email", email=self.email, password=self.password, name=self.name
        )
        self.id: str = answer.json()["user"]["id"]
        self.token: str = answer.json()["token"]
        self.signed_token = answer.headers["set-auth-token"]
        self.cookie = "; ".join(
            header.partition(";")[0] for header in answer.headers.get_list("set-cookie")
        )

    def post(self, path: str, /, **body: str) -> httpx.Response:
        """A call of the auth service, by bearer token once there is one."""
        headers = {"Authorization": f"Bearer {self.token}"} if hasattr(self, "token") else {}
        answer = httpx.post(f"{self._auth}/api/auth{path}", json=body, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer

    def by_cookie(self) -> dict[str, str]:
        return {"Cookie": self.cookie}

    def by_bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.signed_token}"}


def me(application: Server, headers: Mapping[str, str] | None = None) -> httpx.Response:
    return httpx.get(f"{application.url}/me", headers=headers, timeout=30)


def says(answer: httpx.Response) -> tuple[int, str]:
    """Status and text of a refusal."""
    assert answer.json().keys() == {"detail"}
    return answer.status_code, answer.json()["detail"]
