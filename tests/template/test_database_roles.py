"""docs/database-roles.sql: the endpoints' role runs every statement of theirs and changes no table."""

import json
import os
import secrets
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from transformed import ROOT

Connection = psycopg.Connection[Any]

ROLES_SQL = (ROOT / "docs/database-roles.sql").read_text()
MIGRATIONS = [path.read_text() for path in sorted((ROOT / "migrations").glob("*.sql"))]
# Checked query data: every statement that Latchkey has.
STATEMENTS = [json.loads(path.read_text())["query"] for path in sorted((ROOT / ".sqlx").glob("query-*.json"))]
ROLES = ("latchkey_endpoints", "latchkey_migrate")
# As sqlx makes it, before the first migration.
SQLX_TABLE = "create table _sqlx_migrations (version bigint primary key, description text not null)"


class Connect:
    """A database of its own, and connections to it. `owner` owns it as a service's customer does: no superuser."""

    def __init__(self, server: str):
        self._server = server
        self._password = secrets.token_hex(16)
        self._name = f"roles_{secrets.token_hex(8)}"
        self._owner = f"{self._name}_owner"
        self._opened: list[Connection] = []
        role, database = sql.Identifier(self._owner), sql.Identifier(self._name)
        with psycopg.connect(server, autocommit=True) as superuser:
            statement = sql.SQL("create role {} login createrole password {}")
            superuser.execute(statement.format(role, sql.Literal(self._password)))
            superuser.execute(sql.SQL("create database {} owner {}").format(database, role))

    def __call__(self, user: str) -> Connection:
        role = self._owner if user == "owner" else user
        parameters = make_conninfo(self._server, dbname=self._name, user=role, password=self._password)
        connection = psycopg.connect(parameters, autocommit=True)
        self._opened.append(connection)
        return connection

    def as_superuser(self) -> Connection:
        """A connection of the server's own role."""
        connection = psycopg.connect(make_conninfo(self._server, dbname=self._name), autocommit=True)
        self._opened.append(connection)
        return connection

    def run_roles(self) -> None:
        """Runs the file as the database's owner, who then gives both roles a password."""
        owner = self("owner")
        owner.execute(ROLES_SQL.encode())
        for role in ROLES:
            statement = sql.SQL("alter role {} password {}")
            owner.execute(statement.format(sql.Identifier(role), sql.Literal(self._password)))

    def drop(self) -> None:
        """Removes the database and the roles."""
        for connection in self._opened:
            connection.close()
        with psycopg.connect(self._server, autocommit=True) as superuser:
            superuser.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(self._name)))
            for role in (*ROLES, self._owner):
                superuser.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(role)))


@pytest.fixture
def connect() -> Iterator[Connect]:
    """A database."""
    connect = Connect(os.environ["TEST_DATABASE_URL"])
    yield connect
    connect.drop()


def migrate(connection: Connection) -> None:
    """Brings the schema up to date."""
    connection.execute(SQLX_TABLE)
    for migration in MIGRATIONS:
        connection.execute(migration.encode())


@pytest.fixture
def fresh(connect: Connect) -> Connect:
    """A new database: roles, migrations, and the roles once more."""
    connect.run_roles()
    migrate(connect("latchkey_migrate"))
    connect.run_roles()
    return connect


@pytest.fixture
def taken_over(connect: Connect) -> Connect:
    """A database that somebody else migrated before there were roles, as Better Auth does."""
    migrate(connect("owner"))
    connect.run_roles()
    return connect


@pytest.fixture(params=["fresh", "taken_over"])
def database(request: pytest.FixtureRequest) -> Connect:
    """Either."""
    found: Connect = request.getfixturevalue(request.param)
    return found


def may(connection: Connection, statement: str) -> bool:
    """Whether a role may; what would happen is taken back."""
    with connection.transaction(force_rollback=True):
        try:
            connection.execute(statement.encode())
        except psycopg.errors.InsufficientPrivilege:
            return False
    return True


def test_the_endpoints_may_run_every_statement_of_theirs(database: Connect) -> None:
    connection = database("latchkey_endpoints")
    assert len(STATEMENTS) > 20
    for number, statement in enumerate(STATEMENTS):
        connection.execute(f"prepare statement_{number} as {statement}".encode())
        ((parameters,),) = connection.execute(
            "select cardinality(parameter_types) from pg_prepared_statements where name = %s", [f"statement_{number}"]
        ).fetchall()
        values = f"({', '.join(['null'] * parameters)})" if parameters else ""
        # Plans it for these values and asks for every privilege that it needs, and runs nothing.
        connection.execute(f"explain execute statement_{number} {values}".encode())


def test_the_endpoints_may_call_what_statements_call(database: Connect) -> None:
    connection = database("latchkey_endpoints")

    count = "select latchkey_count(1, array['a'], array[1000::bigint], array[1], array[false])"
    assert connection.execute(count).fetchone() == (0,)
    assert connection.execute("select latchkey_end_sessions('nobody')").fetchone() == (0,)
    assert connection.execute('delete from "rateLimit"').rowcount == 1


@pytest.mark.parametrize(
    "statement",
    [
        "create table t (id text)",
        "create schema s",
        "create function f() returns int language sql as 'select 1'",
        'create index i on session ("userAgent")',
        'alter table "user" add column is_admin boolean',
        "drop table session",
        "truncate session",
        "drop function latchkey_end_sessions(text)",
        "create or replace function latchkey_end_sessions(of_user text) returns bigint language sql as 'select 1::bigint'",
        "select * from _sqlx_migrations",
        "delete from _sqlx_migrations",
        "create role r",
        "grant latchkey_migrate to latchkey_endpoints",
        "set role latchkey_migrate",
    ],
)
def test_the_endpoints_may_not(database: Connect, statement: str) -> None:
    assert not may(database("latchkey_endpoints"), statement)
    # The statement itself is none that anybody would be refused.
    assert may(database.as_superuser(), statement)


def test_a_later_migration_leaves_what_the_endpoints_can_use(database: Connect) -> None:
    connection = database("latchkey_migrate")
    connection.execute("create table later (id text primary key)")
    connection.execute('alter table "user" add column later text')
    connection.execute("create function later() returns int language sql as 'select 1'")

    endpoints = database("latchkey_endpoints")
    endpoints.execute("insert into later values ('1')")
    assert endpoints.execute("update later set id = '2' returning id").fetchone() == ("2",)
    assert endpoints.execute("delete from later").rowcount == 1
    assert endpoints.execute('select later from "user"').fetchall() == []
    assert endpoints.execute("select later()").fetchone() == (1,)
    assert not may(endpoints, "drop table later")


def test_nobody_else_may_call_the_functions(database: Connect) -> None:
    database("owner").execute("drop role if exists latchkey_stranger")
    database("owner").execute("create role latchkey_stranger")
    try:
        callable_by = """select count(*) from pg_proc
            where proname like 'latchkey\\_%%' and has_function_privilege(%s, oid, 'execute')"""
        assert database("owner").execute(callable_by, ["latchkey_stranger"]).fetchone() == (0,)
        assert database("owner").execute(callable_by, ["latchkey_endpoints"]).fetchone() == (2,)
    finally:
        database("owner").execute("drop role latchkey_stranger")


def test_times_hold_for_every_connection(fresh: Connect) -> None:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout")

    def times(role: str) -> list[Any]:
        connection = fresh(role)
        return [connection.execute("select current_setting(%s)", [name]).fetchall()[0][0] for name in names]

    assert times("latchkey_endpoints") == ["5s", "2s", "10s", "15min"]
    assert times("latchkey_migrate") == ["280s", "30s", "1min", "0"]


def test_a_better_auth_that_owned_the_tables_goes_on(taken_over: Connect) -> None:
    owner = taken_over("owner")
    owner.execute("create role latchkey_better_auth")
    try:
        owner.execute("grant latchkey_endpoints to latchkey_better_auth")

        owner.execute("grant latchkey_better_auth to current_user")
        owner.execute("set role latchkey_better_auth")
        assert owner.execute("select * from session").fetchall() == []
    finally:
        owner.execute("reset role")
        owner.execute("drop role latchkey_better_auth")
