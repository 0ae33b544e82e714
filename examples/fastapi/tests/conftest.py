"""What the tests share. From the root of the repository:

tests/run fastapi
"""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import servers
from servers import Person, Server


def pytest_configure() -> None:
    """Says what is missing before any test fails for it."""
    for name, meaning in {
        "LATCHKEY_BIN": "the path of the latchkey binary (cargo build --package local makes it)",
        "TEST_DATABASE_URL": "a Postgres for throw-away databases (tests/with-postgres starts one)",
    }.items():
        if not os.environ.get(name):
            raise pytest.UsageError(f"{name} is not set: {meaning}")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("servers")


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    with servers.database() as url:
        yield url


@pytest.fixture(scope="session")
def auth(database_url: str, folder: Path) -> Iterator[Server]:
    with servers.latchkey(database_url, folder) as server:
        yield server


@pytest.fixture(scope="session")
def application(database_url: str, auth: Server, folder: Path) -> Iterator[Server]:
    origins = "http://localhost:3000, https://app.example.com"
    with servers.application(database_url, auth.url, folder, CORS_ORIGIN=origins) as server:
        yield server


@pytest.fixture
def ada(auth: Server) -> Person:
    return Person(auth)


@pytest.fixture
def db(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection
