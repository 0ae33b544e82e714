"""Databases that live as long as a test, on the server of TEST_DATABASE_URL."""

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from marks import mark

_MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"


class Database:
    """A migrated database of its own."""

    def __init__(self, server_url: str):
        self._server_url = server_url
        self.name = f"lambda_{secrets.token_hex(8)}"
        self._administer(sql.SQL("create database {}"))
        parts = conninfo_to_dict(server_url)
        self.address = (str(parts.get("host") or "127.0.0.1"), int(parts.get("port") or 5432))
        self._user = str(parts.get("user") or "postgres")
        self._password = str(parts.get("password") or "")
        self._connection = psycopg.connect(make_conninfo(server_url, dbname=self.name), autocommit=True)
        for migration in sorted(_MIGRATIONS.glob("*.sql")):
            self._connection.execute(migration.read_bytes())

    def url(self, port: int) -> str:
        """The URL by which a function reaches it through a port on loopback."""
        user, password = quote(self._user, safe=""), quote(self._password, safe="")
        mark(f":{password}@")
        return f"postgresql://{user}:{password}@127.0.0.1:{port}/{self.name}"

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query finds."""
        return self._connection.execute(query.encode(), values).fetchall()

    def value(self, query: str, *values: Any) -> Any:
        """The one value that a query finds."""
        ((value,),) = self.rows(query, *values)
        return value

    def execute(self, statement: str, *values: Any) -> None:
        """Runs a statement."""
        self._connection.execute(statement.encode(), values)

    def drop(self) -> None:
        """Ends every connection to it and removes it."""
        self._connection.close()
        self._administer(sql.SQL("drop database {} with (force)"))

    def _administer(self, statement: sql.SQL) -> None:
        with psycopg.connect(self._server_url, autocommit=True) as server:
            server.execute(statement.format(sql.Identifier(self.name)))
