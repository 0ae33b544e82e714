"""A password of the database that is rotated: nobody deploys, and nobody is turned away."""

import time

import pytest

from events import get_session, new_email
from secrets_manager import SecretsManager
from stack import MakeStack, Stack


@pytest.fixture
def stack(make_stack: MakeStack) -> Stack:
    """A deployment with a database user of its own, whose password can change."""
    stack = make_stack()
    stack.change_password("the-first-password-of-the-database")
    stack.put_password()
    return stack


def test_a_warm_function_picks_it_up(stack: Stack) -> None:
    signed_up = stack.signed_up(new_email())
    event = get_session(signed_up.session_cookie)
    assert stack.answer(event).status == 200

    stack.change_password("the-second-password-of-the-database")
    stack.put_password()
    # What is connected stays so until it is cut.
    assert stack.answer(event).json["user"] == signed_up.json["user"]
    stack.database_gate.cut()
    answers = [stack.answer(event) for _ in range(3)]

    # The connection that was cut costs one answer, the password none.
    assert [answer.status for answer in answers[1:]] == [200, 200]
    assert answers[-1].json["user"] == signed_up.json["user"]


def test_between_database_and_secret_it_is_an_outage_that_ends_by_itself(
    stack: Stack, secrets_manager: SecretsManager
) -> None:
    event = get_session(stack.signed_up(new_email()).session_cookie)

    stack.change_password("the-second-password-of-the-database")
    refused = [stack.answer(event) for _ in range(3)]
    reads = len(secrets_manager.requests)
    stack.put_password()
    time.sleep(1.1)
    recovered = stack.answer(event)

    assert [(answer.status, answer.code) for answer in refused] == [(503, "SERVICE_UNAVAILABLE")] * 3
    assert recovered.status == 200
    # Two secrets for each of two functions, and the refused one again: once a second at most.
    assert reads - 4 in (1, 2)
    assert "password" in stack.function("get-session").log()
