"""Functions whose database URL is of the endpoints' role of docs/database-roles.sql do all that they do."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from events import get_session, load, new_email, sign_out
from marks import mark
from postgres import Database
from secrets_manager import SecretsManager
from stack import MakeStack, Stack

ROLES_SQL = Path(__file__).resolve().parent.parent.parent / "docs" / "database-roles.sql"


@pytest.fixture
def limited(make_stack: MakeStack, own_database: Database, secrets_manager: SecretsManager) -> Iterator[Stack]:
    """A deployment whose functions are `latchkey_endpoints`, with limits, which call a function of the database."""
    stack = make_stack(own_database, settings={"RATE_LIMIT_ENABLED": "true"})
    password = mark(secrets.token_hex(16))
    in_it = make_conninfo(os.environ["TEST_DATABASE_URL"], dbname=own_database.name)
    with psycopg.connect(in_it, autocommit=True) as superuser:
        superuser.execute(ROLES_SQL.read_bytes())
        superuser.execute(sql.SQL("alter role latchkey_endpoints password {}").format(sql.Literal(password)))
    url = f"postgres://latchkey_endpoints:{password}@127.0.0.1:{stack.database_gate.port}/{own_database.name}"
    secrets_manager.secrets[stack.database_arn] = url
    yield stack
    stack.stop()
    with psycopg.connect(in_it, autocommit=True) as superuser:
        superuser.execute("reassign owned by latchkey_migrate to current_user")
        superuser.execute("drop owned by latchkey_endpoints, latchkey_migrate")
        superuser.execute("drop role latchkey_endpoints, latchkey_migrate")


def test_a_user_signs_up_in_and_out_and_expired_rows_go(limited: Stack) -> None:
    email = new_email()

    limited.signed_up(email)
    cookie = limited.signed_in(email).session_cookie

    assert limited.answer(get_session(cookie)).json["user"]["email"] == email
    assert limited.answer(sign_out(cookie)).json == {"success": True}
    assert limited.function("cleanup").result(load("cleanup").payload)["complete"] is True
    users = limited.database.value("select count(*) from pg_stat_activity where usename = 'latchkey_endpoints'")
    assert users > 0
