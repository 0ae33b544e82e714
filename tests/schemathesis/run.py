"""Holds the running service against docs/openapi.json with schemathesis: no 5xx, and no status, content type, header or
body that the description does not have. Once as somebody unknown, once as somebody who is signed in.

tests/run starts it. TEST_LONG=true asks ten times as much, and other things each time.
"""

import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

import ada

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
START_SECONDS = 60
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "session_counts",  # of hooks.py
)
IS_LONG = os.environ.get("TEST_LONG") == "true"


@contextmanager
def database() -> Iterator[str]:
    """An empty one, gone afterwards."""
    server = os.environ["TEST_DATABASE_URL"]
    name = f"latchkey_described_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as db:
        db.execute(f"create database {name}")
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            db.execute(f"drop database if exists {name} with (force)")


@contextmanager
def service(database_url: str, folder: Path) -> Iterator[str]:
    """The service on a free port, with everything switched on; gives its URL."""
    log = folder / "log"
    env = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "BETTER_AUTH_SECRET": ada.SECRET,
        "AUTH_PORT": "0",
        "CHANGE_EMAIL_ENABLED": "true",
        "DELETE_USER_ENABLED": "true",
        "HASH_CONCURRENCY": "2",
    }
    with log.open("wb") as output:
        process = subprocess.Popen([os.environ["LATCHKEY_BIN"]], env=env, cwd=folder, stdout=output, stderr=output)
    try:
        give_up_at = time.monotonic() + START_SECONDS
        while not (found := re.search(r"Latchkey listens on (http://\S+:\d+)", log.read_text())):
            if process.poll() is not None or time.monotonic() > give_up_at:
                raise SystemExit(f"the service did not start:\n{log.read_text()}")
            time.sleep(0.05)
        yield found[1]
    finally:
        process.terminate()
        process.wait(10)


def ask(url: str, database_url: str, is_signed_in: bool, folder: str) -> int:
    """Runs schemathesis, which leaves what it knows in the folder; its status."""
    command = [Path(sys.executable).with_name("schemathesis"), "run", ROOT / "docs" / "openapi.json", "--url", url]
    command += ["--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing", "--no-color", "--warnings", "off"]
    command += ["--suppress-health-check", "all", "--generation-database", "none", "--continue-on-failure"]
    command += ["--max-examples", "200" if IS_LONG else "20", "--workers", "1", "--request-timeout", "20"]
    command += [] if IS_LONG else ["--seed", "1"]
    env = {
        **os.environ,
        "PYTHONPATH": str(HERE),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SCHEMATHESIS_HOOKS": "hooks",
        "LATCHKEY_URL": url,
        "LATCHKEY_DATABASE": database_url,
        "LATCHKEY_SIGNED_IN": str(is_signed_in).lower(),
    }
    return subprocess.run(command, env=env, cwd=folder, check=False).returncode


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, database() as database_url, service(database_url, Path(folder)) as url:
        statuses = []
        for is_signed_in in (False, True):
            print(f"-- {'signed in' if is_signed_in else 'unknown'}", flush=True)
            statuses.append(ask(url, database_url, is_signed_in, folder))
    raise SystemExit(max(statuses))


if __name__ == "__main__":
    main()
