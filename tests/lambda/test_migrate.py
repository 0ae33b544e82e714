"""The schema's own function: a custom resource of the stack, and invoked by hand."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import pytest

from cloudformation import CloudFormation
from emulator import FunctionError
from events import load, new_email
from postgres import MIGRATIONS, Database
from secrets_manager import SecretsManager
from stack import MakeStack, Stack

NAMES = [path.stem for path in MIGRATIONS]
BY_HAND = load("migrate").payload
VERSION = int(NAMES[-1].partition("_")[0])


@pytest.fixture
def empty_database() -> Iterator[Database]:
    """A database without any table."""
    database = Database(os.environ["TEST_DATABASE_URL"], is_migrated=False)
    yield database
    database.drop()


@pytest.fixture
def empty(make_stack: MakeStack, empty_database: Database) -> Stack:
    """A deployment that is being made."""
    return make_stack(database=empty_database)


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    """What deploys the stack."""
    cloudformation = CloudFormation()
    yield cloudformation
    cloudformation.stop()


def test_by_hand_it_says_what_it_did(empty: Stack) -> None:
    migrate = empty.function("migrate")

    first, second = migrate.result(BY_HAND), migrate.result(BY_HAND)

    assert first == {"applied": NAMES, "schemaVersion": VERSION}
    assert second == {"applied": [], "schemaVersion": VERSION}
    empty.signed_up(new_email())


def test_it_adds_the_columns_of_additional_fields(make_stack: MakeStack, empty_database: Database) -> None:
    stack = make_stack(
        database=empty_database, settings={"SESSION_FIELDS": '{"theme":{"type":"string","required":false}}'}
    )

    stack.function("migrate").result(BY_HAND)

    stack.signed_up(new_email())
    assert empty_database.rows("select theme from session") == [(None,)]


def test_cloudformation_is_told_of_success(empty: Stack, cloudformation: CloudFormation) -> None:
    migrate = empty.function("migrate")
    create = cloudformation.asks("Create")

    assert migrate.result(create) is None
    (created,) = cloudformation.answers
    update = cloudformation.asks("Update", PhysicalResourceId=created["PhysicalResourceId"])
    assert migrate.result(update) is None
    (_, updated) = cloudformation.answers

    # Another physical id would make CloudFormation delete the resource of the old one.
    assert created == updated
    assert created == {
        "Status": "SUCCESS",
        "PhysicalResourceId": created["PhysicalResourceId"],
        **{name: create[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    assert empty.database.value("select count(*) from _sqlx_migrations") == len(NAMES)


def test_a_busy_s3_is_asked_again(empty: Stack, cloudformation: CloudFormation) -> None:
    cloudformation.busy[0] = 2

    empty.function("migrate").result(cloudformation.asks("Create"))

    assert [answer["Status"] for answer in cloudformation.answers] == ["SUCCESS"]


def test_deleting_the_stack_needs_nothing_and_keeps_the_data(empty: Stack, cloudformation: CloudFormation) -> None:
    empty.function("migrate").result(BY_HAND)
    empty.database_gate.refuse()
    empty.secrets_gate.refuse()

    empty.start("migrate").result(cloudformation.asks("Delete", PhysicalResourceId="latchkey-schema"))

    assert [answer["Status"] for answer in cloudformation.answers] == ["SUCCESS"]
    assert empty.database.value('select count(*) from "user"') == 0


def test_it_looks_and_touches_nothing(empty: Stack) -> None:
    report = empty.function("migrate").result({"inspect": True})

    assert report["isReady"] and report["pendingMigrations"] == NAMES
    assert "create table latchkey_outbox" in report["changes"]
    assert empty.database.value("select count(*) from pg_tables where schemaname = 'public'") == 0
    empty.function("migrate").result(BY_HAND)
    report = empty.function("migrate").result({"inspect": True})
    assert report["isReady"] and report["changes"] == []


def test_words_that_are_not_known_change_nothing(empty: Stack) -> None:
    for payload in ({"inspct": True}, {"inspect": "yes"}, [1], "inspect"):
        with pytest.raises(FunctionError, match="the payload asks for what is not known"):
            empty.function("migrate").result(payload)

    assert empty.database.value("select count(*) from pg_tables where schemaname = 'public'") == 0


def test_the_issuer_gets_a_default_on_the_operators_word(empty: Stack, cloudformation: CloudFormation) -> None:
    empty.function("migrate").result(BY_HAND)
    empty.database.execute("alter table account add issuer text not null")

    empty.function("migrate").result(cloudformation.asks("Update", PhysicalResourceId="latchkey-schema"))
    (answer,) = cloudformation.answers
    assert answer["Status"] == "FAILED" and '{"defaultIssuer": true}' in answer["Reason"]
    assert empty.function("migrate").result({"inspect": True})["isReady"] is False

    empty.function("migrate").result({"defaultIssuer": True})
    empty.signed_up(new_email())
    assert empty.database.value("select issuer from account") == "local:credential"


def fails_by_sql(stack: Stack) -> str:
    """Somebody else's view has the name of a table."""
    stack.database.execute('create view "user" as select 1 as id')
    return "is not a table"


def fails_by_password(stack: Stack) -> str:
    """The password is wrong."""
    stack.change_password("the-password-of-the-secret")
    stack.put_password()
    stack.change_password("the-password-of-the-database")
    return "password authentication failed"


def fails_by_settings(stack: Stack) -> str:
    """The deployment forgot the database."""
    del stack.environment["DATABASE_URL_ARN"]
    return "DATABASE_URL_ARN"


def fails_by_secrets(stack: Stack) -> str:
    """Secrets Manager is away."""
    stack.secrets_gate.refuse()
    return "Secrets Manager"


def test_an_answer_that_nobody_takes_is_given_up_in_time(empty: Stack, cloudformation: CloudFormation) -> None:
    cloudformation.is_silent.set()

    with pytest.raises(FunctionError, match="no answer from the ResponseURL"):
        empty.function("migrate").result(cloudformation.asks("Create"))

    assert empty.function("migrate").cold_secs < 11


@pytest.mark.parametrize("breaks", [fails_by_sql, fails_by_settings, fails_by_secrets, fails_by_password])
def test_cloudformation_is_told_why_it_failed(
    empty: Stack, cloudformation: CloudFormation, breaks: Callable[[Stack], str]
) -> None:
    wanted = breaks(empty)

    empty.function("migrate").result(cloudformation.asks("Create"))

    (answer,) = cloudformation.answers
    assert answer["Status"] == "FAILED"
    assert wanted in answer["Reason"]
    with pytest.raises(FunctionError, match=wanted):
        empty.function("migrate").result(BY_HAND)


def test_two_at_once_do_no_harm(empty: Stack, cloudformation: CloudFormation) -> None:
    instances = [empty.start("migrate") for _ in range(4)]

    with ThreadPoolExecutor() as threads:
        list(threads.map(lambda instance: instance.result(cloudformation.asks("Create")), instances))

    assert [answer["Status"] for answer in cloudformation.answers] == ["SUCCESS"] * 4
    assert empty.database.value("select count(*) from _sqlx_migrations") == len(NAMES)


def test_it_waits_for_a_database_that_starts(empty: Stack, cloudformation: CloudFormation) -> None:
    empty.database_gate.refuse()
    migrate = empty.function("migrate")

    with ThreadPoolExecutor() as threads:
        running = threads.submit(migrate.result, cloudformation.asks("Create"))
        # Longer than an endpoint would wait.
        with pytest.raises(TimeoutError):
            running.result(timeout=3)
        empty.database_gate.open()
        running.result()

    assert [answer["Status"] for answer in cloudformation.answers] == ["SUCCESS"]


@pytest.mark.parametrize("held", [Database.migrating, Database.writing_sessions])
def test_a_lock_that_is_not_let_go_of_is_told_in_time(
    make_stack: MakeStack,
    empty_database: Database,
    cloudformation: CloudFormation,
    held: Callable[[Database], AbstractContextManager[None]],
) -> None:
    stack = make_stack(database=empty_database, timeout_secs=13)
    stack.function("migrate").result(BY_HAND)
    # As if the one that makes this index were still to come.
    empty_database.execute('drop index "session_expiresAt_idx"')
    empty_database.execute("delete from _sqlx_migrations where description = 'expiry indexes'")
    with held(empty_database):
        stack.function("migrate").result(cloudformation.asks("Create"))

        # Nobody who came later has to wait for the migration.
        assert empty_database.value("select count(*) from pg_locks where not granted") == 0
    (answer,) = cloudformation.answers
    assert answer["Status"] == "FAILED"
    assert "lock timeout" in answer["Reason"] and "pg_stat_activity" in answer["Reason"]


def test_it_takes_a_url_of_its_own(make_stack: MakeStack, empty_database: Database, secrets_manager: Any) -> None:
    stack = make_stack(database=empty_database)
    stack.environment["MIGRATE_DATABASE_URL_ARN"] = stack.database_arn
    stack.environment["DATABASE_URL_ARN"] = secrets_manager.put("elsewhere", "postgres://u:p@127.0.0.1:1/none")

    assert stack.function("migrate").result(BY_HAND)["applied"] == NAMES


def test_a_pooler_in_transaction_mode_is_refused_by_name(empty: Stack, secrets_manager: SecretsManager) -> None:
    host = "ep-cool-darkness-123456-pooler.eu-central-1.aws.neon.tech"
    secrets_manager.secrets[empty.database_arn] = f"postgres://u:p@{host}/neondb"

    with pytest.raises(FunctionError, match="Neon's pooler.*MIGRATE_DATABASE_URL_ARN"):
        empty.function("migrate").result(BY_HAND)
