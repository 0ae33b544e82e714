"""Metrics are lines in CloudWatch's embedded metric format, one a request at most."""

from typing import Any

import jsonschema
import pytest

from emulator import Function
from events import get_session, load, new_email, sign_in
from postgres import Database
from stack import PASSWORD, SERVICE, MakeStack, Stack
from webhook import Webhook

# AWS, "Specification: Embedded metric format", as JSON Schema.
FORMAT = {
    "type": "object",
    "required": ["_aws"],
    "properties": {
        "_aws": {
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "properties": {
                "Timestamp": {"type": "integer"},
                "CloudWatchMetrics": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["Namespace", "Dimensions", "Metrics"],
                        "properties": {
                            "Namespace": {"const": "Latchkey"},
                            "Dimensions": {
                                "type": "array",
                                "minItems": 1,
                                "items": {
                                    "type": "array",
                                    "minItems": 1,
                                    "maxItems": 30,
                                    "items": {"enum": ["Service", "Code", "Function"]},
                                },
                            },
                            "Metrics": {
                                "type": "array",
                                "minItems": 1,
                                "maxItems": 100,
                                "items": {
                                    "type": "object",
                                    "required": ["Name", "Unit"],
                                    "properties": {
                                        "Name": {"type": "string", "minLength": 1, "maxLength": 1024},
                                        "Unit": {"enum": ["Count", "Milliseconds", "Seconds"]},
                                    },
                                    "additionalProperties": False,
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def values(line: dict[str, Any]) -> dict[str, Any]:
    """What a line says, without how it is to be read."""
    return {name: value for name, value in line.items() if name != "_aws"}


def check(line: dict[str, Any]) -> None:
    """Fails for what CloudWatch would drop: each name that is referred to is there, with a value of its kind."""
    jsonschema.validate(line, FORMAT)
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for dimension in {name for names in directive["Dimensions"] for name in names}:
            assert isinstance(line[dimension], str) and 1 <= len(line[dimension]) <= 1024, line
        for metric in directive["Metrics"]:
            value = line[metric["Name"]]
            numbers = value if isinstance(value, list) else [value]
            assert 1 <= len(numbers) <= 100, line
            assert all(isinstance(number, int | float) and number >= 0 for number in numbers), line


@pytest.fixture
def measured(make_stack: MakeStack) -> Stack:
    """A deployment whose lines are all of the test's making."""
    return make_stack()


def added(stack: Stack, function: str, event: Any) -> list[dict[str, Any]]:
    """The lines that a request adds to those of its function."""
    before = len(stack.function(function).metric_lines())
    stack.answer(event)
    return [values(line) for line in stack.function(function).metric_lines()[before:]]


def test_a_process_says_once_how_long_it_took_to_start(measured: Stack) -> None:
    for _ in range(3):
        measured.answer(get_session())

    (line,) = measured.function("get-session").metric_lines()
    check(line)
    started = values(line)
    assert 0 < started.pop("StartTime") < 10_000
    assert started == {"Service": SERVICE, "Function": "get-session", "ColdStarts": 1}
    (by_service, by_function) = line["_aws"]["CloudWatchMetrics"]
    both = [["Service"], ["Service", "Function"]]
    found = {tuple(map(tuple, directive["Dimensions"])) for directive in (by_service, by_function)}
    assert found == {tuple(map(tuple, both)), (("Service", "Function"),)}


def test_a_sign_in_is_one_line(measured: Stack) -> None:
    email = new_email()
    measured.signed_up(email)
    measured.signed_in(email)

    (right,) = added(measured, "sign-in-email", sign_in(email, PASSWORD))
    (wrong,) = added(measured, "sign-in-email", sign_in(email, "wrong password"))
    (unknown,) = added(measured, "sign-in-email", sign_in(new_email(), "wrong password"))
    (malformed,) = added(measured, "sign-in-email", sign_in("nobody", "wrong password"))

    assert 0 < right.pop("HashTime") < 5_000
    assert right == {"Service": SERVICE, "SignIns": 1}
    for failed in (wrong, unknown):
        assert 0 < failed.pop("HashTime") < 5_000
        code = {"Failures": 1, "Code": "INVALID_EMAIL_OR_PASSWORD"}
        assert failed == {"Service": SERVICE, "SignInFailures": 1, **code}
    assert malformed == {"Service": SERVICE, "Failures": 1, "Code": "INVALID_EMAIL"}


def test_a_limit_is_no_wrong_password(make_stack: MakeStack, own_database: Database) -> None:
    stack = make_stack(database=own_database, settings={"RATE_LIMIT_ENABLED": "true"})
    for _ in range(3):
        stack.answer(sign_in("nobody@example.com", "wrong password"))

    (line,) = added(stack, "sign-in-email", sign_in("nobody@example.com", "wrong password"))

    assert line == {"Service": SERVICE, "Failures": 1, "Code": "TOO_MANY_REQUESTS"}


def test_a_request_with_two_hashes_gives_two_times(measured: Stack) -> None:
    cookie = measured.signed_up(new_email()).session_cookie
    measured.answer(load("change-password"))
    body = {"currentPassword": PASSWORD, "newPassword": PASSWORD}

    (line,) = added(measured, "change-password", load("change-password").body(body).cookies(cookie))

    assert len(line["HashTime"]) == 2


def test_who_succeeds_without_a_hash_writes_none(measured: Stack) -> None:
    cookie = measured.signed_up(new_email()).session_cookie
    measured.answer(get_session())

    assert added(measured, "get-session", get_session(cookie)) == []
    measured.answer(load("health"))
    assert added(measured, "health", load("health")) == []


def test_a_link_that_is_refused_by_a_redirect_is_a_failure(measured: Stack) -> None:
    measured.answer(get_session())
    event = load("verify-email").without("cookies").query("token=bogus&callbackURL=%2Fwelcome")

    measured.answer(event)

    line = values(measured.function("verify-email").metric_lines()[-1])
    assert line == {"Service": SERVICE, "Failures": 1, "Code": "INVALID_TOKEN"}


def test_without_a_name_nothing_is_measured(make_stack: MakeStack) -> None:
    stack = make_stack(settings={"METRICS_SERVICE": None})

    stack.answer(sign_in(new_email(), "wrong password"))

    assert stack.function("sign-in-email").metric_lines() == []


def test_a_name_that_cloudwatch_does_not_take_is_refused(make_stack: MakeStack) -> None:
    log = make_stack(settings={"METRICS_SERVICE": "Überall"}).start("health").refuses_to_start(load("health").payload)

    assert "METRICS_SERVICE" in log and "ASCII" in log


@pytest.fixture
def mailing(make_stack: MakeStack, own_database: Database, webhook: Webhook) -> Stack:
    """A deployment whose mails leave by the webhook, with somebody in it."""
    stack = make_stack(database=own_database, webhook=webhook)
    stack.signed_up("ada@example.com")
    return stack


def queue(database: Database, mail: str, age: str, attempts: int = 0) -> None:
    """A mail that is due since a while."""
    database.execute(
        "insert into latchkey_outbox (id, kind, user_id, address, base_url, created_at, due_at, attempts)"
        " select %s, 'verify-email', id, email, 'https://auth.example.com',"
        ' now() - %s::interval, now() - %s::interval, %s from "user" limit 1',
        *(mail, age, age, attempts),
    )


def run(stack: Stack) -> dict[str, Any]:
    """What a run of the mailer measures."""
    mailer = stack.function("mailer")
    mailer.invoke_raw(load("mailer").payload)
    return values(mailer.metric_lines()[-1])


def test_the_mailer_says_how_long_mails_wait_and_how_many_it_gave_up(mailing: Stack, webhook: Webhook) -> None:
    idle = run(mailing)
    queue(mailing.database, "m1", "1 hour")
    sent = run(mailing)
    webhook.stop()
    queue(mailing.database, "m2", "2 hours")
    queue(mailing.database, "m3", "3 hours", attempts=9)
    failed = run(mailing)
    later = run(mailing)

    assert idle == sent == {"Service": SERVICE, "OutboxAge": 0, "DeadMails": 0}
    # The third was tried for the last time: it waits no more. The second does, and is not due for a while.
    assert 7200 <= failed.pop("OutboxAge") < 7260
    assert failed == {"Service": SERVICE, "DeadMails": 1}
    assert 7200 <= later.pop("OutboxAge") < 7260
    assert later == {"Service": SERVICE, "DeadMails": 0}


def test_without_postgres_the_mailer_measures_nothing_and_says_so(mailing: Stack) -> None:
    run(mailing)
    before = len(mailing.function("mailer").metric_lines())

    mailing.database_gate.refuse()
    run(mailing)

    assert len(mailing.function("mailer").metric_lines()) == before
    assert any(line["level"] == "ERROR" for line in mailing.function("mailer").log_lines())


@pytest.mark.runs_last
def test_every_line_of_the_run_is_in_the_format(every_function: list[Function]) -> None:
    lines = [line for function in every_function for line in function.metric_lines()]

    assert len(lines) > 50
    for line in lines:
        check(line)
        assert line["Service"] == SERVICE
        assert line.get("Code", "A").replace("_", "").isalpha()
