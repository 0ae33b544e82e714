"""Databases with users, accounts and sessions: the same rows for both sides."""

import ctypes
import hashlib
import os
import secrets
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

import place  # noqa: F401  (sets the path of the next)
from answer import signature
from postgres import MIGRATIONS

SECRET = secrets.token_urlsafe(32)
PASSWORD = "correct horse battery staple"
ORIGIN = "http://localhost:4000"
SESSIONS_PER_USER = 5

# Presets of PASSWORD_HASH: KiB and passes of argon2id.
PRESETS = {"owasp": (19 * 1024, 2), "asvs": (46 * 1024, 1)}


class Data:
    """A database of its own on the server of TEST_DATABASE_URL, or of another."""

    def __init__(self, sessions: int, password_hash: str, server_url: str | None = None):
        self._server_url = server_url or os.environ["TEST_DATABASE_URL"]
        self.name = f"bench_{secrets.token_hex(6)}"
        self._administer("create database {}")
        parts = conninfo_to_dict(self._server_url)
        self.url = "postgresql://{user}:{password}@{host}:{port}/".format(**parts) + self.name
        self.connection = psycopg.connect(make_conninfo(self._server_url, dbname=self.name), autocommit=True)
        for migration in MIGRATIONS:
            self.connection.execute(migration.read_bytes())
        self.users = max(sessions // SESSIONS_PER_USER, 1)
        self.connection.execute(
            """insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
               select md5('user' || n), 'Somebody ' || n, 'user' || n || '@example.com', true, now(), now()
                 from generate_series(0, %s) n""",
            (self.users - 1,),
        )
        self.connection.execute(
            """insert into account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
               select md5('account' || n), md5('user' || n), 'credential', md5('user' || n), %s, now(), now()
                 from generate_series(0, %s) n""",
            (password_hash, self.users - 1),
        )
        self.add_sessions("live", sessions)
        self.settle()

    def add_sessions(self, label: str, count: int, ends_in: str = "6 days 12 hours") -> None:
        """Adds sessions, of all users in turn. By default none is due for an extension."""
        self.connection.execute(
            """insert into session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId")
               select md5(%(label)s || 'id' || n), now() + %(ends_in)s::interval, md5(%(label)s || '/' || n), now(), now(),
                      '127.0.0.1', 'bench', md5('user' || n %% %(users)s)
                 from generate_series(0, %(count)s - 1) n""",
            {"label": label, "ends_in": ends_in, "users": self.users, "count": count},
        )

    def settle(self) -> None:
        """What autovacuum would do some time, now."""
        self.connection.execute("vacuum analyze")
        self.connection.execute("checkpoint")

    def log_statements(self) -> None:
        """From now on Postgres logs what new connections run."""
        self.connection.execute(f"alter database {self.name} set log_statement = 'all'".encode())

    def logged(self) -> int:
        """How many statements it has logged so far."""
        # The log is written by a process of its own, in the order in which it is told.
        mark = secrets.token_hex(8)
        self.connection.execute(f"do $$ begin raise log '{mark}'; end $$".encode())
        text = ""
        while mark not in text:
            (text,) = self.connection.execute("select pg_read_file(pg_current_logfile())").fetchone() or ("",)
        ours = [line for line in text.splitlines() if f"db={self.name} " in line]
        return sum("LOG:  execute" in line or "LOG:  statement" in line for line in ours)

    def connections(self) -> int:
        """How many a service holds."""
        query = "select count(*) - 1 from pg_stat_activity where datname = current_database()"
        ((count,),) = self.connection.execute(query).fetchall()
        return int(count)

    def drop(self) -> None:
        """Ends it."""
        self.connection.close()
        self._administer("drop database {} with (force)")

    def _administer(self, statement: str) -> None:
        with psycopg.connect(self._server_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(self.name)))


def token(label: str, n: int) -> str:
    """Of a session that was added."""
    return hashlib.md5(f"{label}/{n}".encode()).hexdigest()


def cookie(session_token: str, prefix: str = "") -> str:
    """As a browser sends it back."""
    signed = quote(f"{session_token}.{signature(session_token, SECRET)}", safe="-_.!~*()")
    return f"{prefix}better-auth.session_token={signed}"


def hash_of(preset: str) -> str:
    """PASSWORD as it is stored, made by neither side."""
    salt = bytes(range(16))
    if preset == "scrypt":
        text = salt.hex()
        key = hashlib.scrypt(PASSWORD.encode(), salt=text.encode(), n=16384, r=16, p=1, maxmem=1 << 26, dklen=64)
        return f"{text}:{key.hex()}"
    encoded = ctypes.create_string_buffer(256)
    memory_kib, passes = PRESETS[preset]
    password = PASSWORD.encode()
    failed = libargon2().argon2id_hash_encoded(
        passes, memory_kib, 1, password, len(password), salt, len(salt), 32, encoded, len(encoded)
    )
    if failed:
        raise RuntimeError(f"libargon2: {failed}")
    return encoded.value.decode()


def libargon2() -> ctypes.CDLL:
    """The reference implementation, as the distribution builds it."""
    library = ctypes.CDLL("libargon2.so.1")
    # Lengths are size_t.
    size, text = ctypes.c_size_t, ctypes.c_char_p
    numbers = [ctypes.c_uint32] * 3
    library.argon2id_hash_encoded.argtypes = [*numbers, text, size, text, size, size, text, size]
    library.argon2id_hash_raw.argtypes = [*numbers, text, size, text, size, text, size]
    return library
