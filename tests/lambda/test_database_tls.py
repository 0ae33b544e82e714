"""The database proves who it is, or is not spoken to."""

from collections.abc import Iterator

import pytest

from answer import Answer
from events import get_session, load, new_email, sign_up
from postgres import Database
from secrets_manager import SecretsManager
from stack import PASSWORD, MakeStack, Stack
from tls_server import TlsServer


@pytest.fixture(scope="module")
def tls_server() -> Iterator[TlsServer]:
    """One for all tests of this file."""
    server = TlsServer()
    yield server
    server.stop()


@pytest.fixture
def tls_database(tls_server: TlsServer) -> Iterator[Database]:
    """A database there."""
    database = Database(tls_server.url)
    yield database
    database.drop()


def stack_by(
    make_stack: MakeStack, secrets_manager: SecretsManager, database: Database, host: str, ca: str | None
) -> Stack:
    """A deployment that reaches the database by this name, and trusts this authority."""
    stack = make_stack(database=database, settings={"DATABASE_CA": ca})
    url = database.url(stack.database_gate.port).replace("127.0.0.1", host)
    secrets_manager.secrets[stack.database_arn] = f"{url}?sslmode=verify-full"
    return stack


def assert_refused(stack: Stack, wanted: str) -> None:
    answer: Answer = stack.answer(sign_up(new_email(), PASSWORD))
    assert (answer.status, answer.code) == (503, "SERVICE_UNAVAILABLE")
    log = stack.function("sign-up-email").log()
    assert wanted in log
    assert "DATABASE_CA" in log


def test_a_server_of_a_known_authority_is_spoken_to_in_tls(
    make_stack: MakeStack, secrets_manager: SecretsManager, tls_server: TlsServer, tls_database: Database
) -> None:
    stack = stack_by(make_stack, secrets_manager, tls_database, "localhost", tls_server.ca)

    cookie = stack.signed_up(new_email()).session_cookie

    assert stack.answer(get_session(cookie)).json is not None
    query = "select count(*) filter (where ssl), count(*) from pg_stat_ssl join pg_stat_activity using (pid)"
    own = " where datname = current_database() and pid <> pg_backend_pid()"
    assert tls_database.rows(query + own) == [(2, 2)]


def test_a_server_of_an_unknown_authority_is_not(
    make_stack: MakeStack, secrets_manager: SecretsManager, tls_server: TlsServer, tls_database: Database
) -> None:
    for ca in (None, tls_server.other_ca):
        assert_refused(stack_by(make_stack, secrets_manager, tls_database, "localhost", ca), "UnknownIssuer")


def test_a_server_of_another_name_is_not(
    make_stack: MakeStack, secrets_manager: SecretsManager, tls_server: TlsServer, tls_database: Database
) -> None:
    stack = stack_by(make_stack, secrets_manager, tls_database, "127.0.0.1", tls_server.ca)

    assert_refused(stack, "not valid for name")


def test_a_server_without_tls_is_not(make_stack: MakeStack, secrets_manager: SecretsManager) -> None:
    stack = make_stack()
    plain = secrets_manager.secrets[stack.database_arn]
    secrets_manager.secrets[stack.database_arn] = f"{plain}?sslmode=verify-full"

    assert stack.answer(sign_up(new_email(), PASSWORD)).status == 503
    assert "server does not support TLS" in stack.function("sign-up-email").log()


def test_a_malformed_authority_ends_the_start(make_stack: MakeStack) -> None:
    stack = make_stack(settings={"DATABASE_CA": "-----BEGIN CERTIFICATE-----\nno base64"})

    assert "DATABASE_CA" in stack.start("get-session").refuses_to_start(load("get-session").payload)
