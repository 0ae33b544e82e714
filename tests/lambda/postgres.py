"""Databases that live as long as a test, on the server of TEST_DATABASE_URL."""

import contextlib
import secrets
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from marks import mark

MIGRATIONS = sorted((Path(__file__).resolve().parent.parent.parent / "migrations").glob("*.sql"))


class Database:
    """A database of its own, migrated."""

    def __init__(self, server_url: str, is_migrated: bool = True):
        self._server_url = server_url
        self._users: set[str] = set()
        self.name = f"lambda_{secrets.token_hex(8)}"
        self._administer(sql.SQL("create database {}"))
        parts = conninfo_to_dict(server_url)
        self.address = (str(parts.get("host") or "127.0.0.1"), int(parts.get("port") or 5432))
        self._user = str(parts.get("user") or "postgres")
        self._password = str(parts.get("password") or "")
        self._connection = psycopg.connect(make_conninfo(server_url, dbname=self.name), autocommit=True)
        for migration in MIGRATIONS if is_migrated else []:
            self._connection.execute(migration.read_bytes())

    def url(self, port: int) -> str:
        """The URL by which a function reaches it through a port on loopback."""
        return self.url_of(self._user, self._password, port)

    def url_of(self, user: str, password: str, port: int) -> str:
        """The same for another user."""
        user, password = quote(user, safe=""), quote(password, safe="")
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

    def set_password(self, user: str, password: str) -> None:
        """Makes a user that may do everything, or changes its password."""
        exists = self.rows("select from pg_roles where rolname = %s", user)
        statement = "alter role {} password {}" if exists else "create role {} superuser login password {}"
        query = sql.SQL(statement).format(sql.Identifier(user), sql.Literal(password))
        self._connection.execute(query)
        self._users.add(user)

    @contextlib.contextmanager
    def migrating(self) -> Iterator[None]:
        """Holds the lock by which sqlx keeps two migrations apart (sqlx-postgres, `migrate.rs`)."""
        lock = 0x3D32AD9E * zlib.crc32(self.name.encode())
        self.rows("select pg_advisory_lock(%s)", lock)
        yield
        self.rows("select pg_advisory_unlock(%s)", lock)

    @contextlib.contextmanager
    def writing_sessions(self) -> Iterator[None]:
        """Holds the lock of a transaction that has signed somebody in and does not end."""
        with psycopg.connect(make_conninfo(self._server_url, dbname=self.name)) as writer:
            writer.execute("lock table session in row exclusive mode")
            yield

    def drop(self) -> None:
        """Ends every connection to it and removes it."""
        self._connection.close()
        self._administer(sql.SQL("drop database {} with (force)"))
        for user in self._users:
            with psycopg.connect(self._server_url, autocommit=True) as server:
                server.execute(sql.SQL("drop role {}").format(sql.Identifier(user)))

    def _administer(self, statement: sql.SQL) -> None:
        with psycopg.connect(self._server_url, autocommit=True) as server:
            server.execute(statement.format(sql.Identifier(self.name)))
