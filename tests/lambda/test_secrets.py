"""Secrets are read at the cold start, once each, and never for a request."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from answer import signed_cookie
from emulator import FunctionError
from events import get_session, load, new_email, sign_in, sign_out
from secrets_manager import SecretsManager
from stack import NEEDY, PASSWORD, MakeStack, Stack, new_secret


@pytest.mark.parametrize("name", NEEDY)
def test_a_cold_start_reads_each_secret_once(make_stack: MakeStack, secrets_manager: SecretsManager, name: str) -> None:
    stack = make_stack()

    stack.answer(load(name))

    assert sorted(secrets_manager.requests) == sorted([stack.secret_arn, stack.database_arn])


def test_the_cleanup_reads_the_database_url_alone(make_stack: MakeStack, secrets_manager: SecretsManager) -> None:
    stack = make_stack(settings={"BETTER_AUTH_SECRET_ARN": None})

    result = stack.function("cleanup").result(load("cleanup").payload)

    assert result["complete"] is True
    assert secrets_manager.requests == [stack.database_arn]


def test_requests_read_no_secret(make_stack: MakeStack, secrets_manager: SecretsManager) -> None:
    stack = make_stack()
    cookie = stack.signed_up(new_email()).session_cookie
    stack.answer(get_session(cookie))
    after_start = len(secrets_manager.requests)

    for _ in range(30):
        assert stack.answer(get_session(cookie)).json is not None

    assert len(secrets_manager.requests) == after_start == 4


def test_every_instance_reads_for_itself(make_stack: MakeStack, secrets_manager: SecretsManager) -> None:
    stack = make_stack()
    instances = [stack.start("get-session") for _ in range(4)]

    with ThreadPoolExecutor() as threads:
        answers = list(threads.map(lambda instance: instance.answer(get_session()), instances))

    assert [answer.status for answer in answers] == [200] * 4
    assert sorted(secrets_manager.requests) == sorted([stack.secret_arn, stack.database_arn] * 4)


def test_functions_of_one_secret_trust_each_other(stack: Stack) -> None:
    email = new_email()
    stack.signed_up(email)

    cookie = stack.start("sign-in-email").answer(sign_in(email, PASSWORD)).session_cookie

    assert stack.start("get-session").answer(get_session(cookie)).json["user"]["email"] == email
    assert stack.start("sign-out").answer(sign_out(cookie)).status == 200
    assert stack.answer(get_session(cookie)).json is None


def test_a_cookie_of_another_secret_is_nobodys(stack: Stack) -> None:
    signed_up = stack.signed_up(new_email())
    own = signed_cookie(signed_up.json["token"], stack.secret)
    forged = signed_cookie(signed_up.json["token"], new_secret())

    assert stack.answer(get_session(own)).json["user"] == signed_up.json["user"]
    assert stack.answer(get_session(forged)).json is None


def test_a_secret_that_does_not_exist_is_named(make_stack: MakeStack, secrets_manager: SecretsManager) -> None:
    stack = make_stack()
    del secrets_manager.secrets[stack.secret_arn]
    function = stack.function("sign-in-email")

    # A wrong ARN may be a setting to mend or a secret that comes later: a failed start or a 503.
    try:
        status = function.answer(sign_in(new_email(), PASSWORD)).status
    except FunctionError:
        status = None

    assert status in (None, 503)
    assert "BETTER_AUTH_SECRET_ARN" in function.log()
