"""Secrets Manager or Postgres away: 503 with Retry-After in time, and back without a restart."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from answer import Answer
from events import Event, get_session, load, new_email, sign_in, sign_up
from gate import OUTAGES
from secrets_manager import SecretsManager
from somebody import Somebody
from stack import EVERYTHING, PASSWORD, WITHOUT_SETTINGS, MakeStack, Stack
from webhook import Webhook

# The promise is 2 s; the rest is for a busy machine, and for the start.
PATIENCE_SECS = 3.0
RECOVERY_SECS = 5.0
# Longer than connections are trusted without a question.
FREEZE_SECS = 5.5
# A connection is asked a question before it goes back to the pool.
BACK_IN_POOL_SECS = 0.3


def assert_unavailable(answer: Answer) -> None:
    """The answer of a service whose time will come again."""
    assert (answer.status, answer.code) == (503, "SERVICE_UNAVAILABLE"), answer
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.cookies == []
    assert answer.seconds < PATIENCE_SECS, answer.seconds


def recovers(stack: Stack, event: Event) -> Answer:
    """Asks until the answer is no 503 any more, as a client that obeys Retry-After would, but sooner."""
    deadline = time.monotonic() + RECOVERY_SECS
    while (answer := stack.answer(event)).status == 503 and time.monotonic() < deadline:
        time.sleep(0.1)
    return answer


@pytest.mark.parametrize("outage", OUTAGES)
def test_a_function_starts_without_secrets_manager_and_recovers(make_stack: MakeStack, outage: str) -> None:
    stack = make_stack()
    OUTAGES[outage](stack.secrets_gate)
    event = sign_up(new_email(), PASSWORD)

    first, second = stack.answer(event), stack.answer(event)
    stack.secrets_gate.open()
    recovered = recovers(stack, event)

    assert_unavailable(first)
    assert_unavailable(second)
    assert recovered.status == 200


def test_a_broken_secrets_manager_is_an_outage_too(make_stack: MakeStack, secrets_manager: SecretsManager) -> None:
    stack = make_stack()
    secrets_manager.is_broken = True
    event = sign_up(new_email(), PASSWORD)

    broken = stack.answer(event)
    secrets_manager.is_broken = False

    assert_unavailable(broken)
    assert recovers(stack, event).status == 200


@pytest.mark.parametrize("outage", OUTAGES)
def test_a_function_starts_without_postgres_and_recovers(make_stack: MakeStack, outage: str) -> None:
    stack = make_stack()
    OUTAGES[outage](stack.database_gate)
    event = sign_up(new_email(), PASSWORD)

    first, second = stack.answer(event), stack.answer(event)
    stack.database_gate.open()
    recovered = recovers(stack, event)

    assert_unavailable(first)
    assert_unavailable(second)
    assert recovered.status == 200


@pytest.fixture
def everything(make_stack: MakeStack, webhook: Webhook) -> Stack:
    """A deployment with all that there is."""
    return make_stack(settings=EVERYTHING, webhook=webhook)


@pytest.mark.parametrize("outage", OUTAGES)
def test_every_function_that_needs_postgres_says_when_it_is_away_and_is_back(everything: Stack, outage: str) -> None:
    somebody = Somebody(everything)
    functions = somebody.requests()
    # All but the last, which deletes the user, are connected already.
    for function in functions[:-1]:
        assert everything.answer(somebody.request(function)).status == somebody.status(function)
    events = [somebody.request(function) for function in functions]

    OUTAGES[outage](everything.database_gate)
    with ThreadPoolExecutor(len(events)) as threads:
        away = dict(zip(functions, threads.map(everything.answer, events), strict=True))
    everything.database_gate.cut()
    everything.database_gate.open()

    # `error` shows what a link says: nothing of it is in Postgres.
    for function in (*WITHOUT_SETTINGS, "error"):
        assert away.pop(function).status == 200
    for answer in away.values():
        assert_unavailable(answer)
    for function in functions:
        assert recovers(everything, somebody.request(function)).status == somebody.status(function), function


@pytest.mark.parametrize("outage", OUTAGES)
def test_a_warm_function_survives_an_outage_of_postgres(make_stack: MakeStack, outage: str) -> None:
    stack = make_stack()
    signed_up = stack.signed_up(new_email())
    event = get_session(signed_up.session_cookie)
    assert stack.answer(event).status == 200

    OUTAGES[outage](stack.database_gate)
    away = stack.answer(event)
    stack.database_gate.cut()
    stack.database_gate.open()

    assert_unavailable(away)
    assert recovers(stack, event).json["user"] == signed_up.json["user"]


def test_a_restart_of_postgres_costs_one_answer_at_most(make_stack: MakeStack) -> None:
    stack = make_stack()
    signed_up = stack.signed_up(new_email())
    event = get_session(signed_up.session_cookie)

    for _ in range(3):
        assert stack.answer(event).json["user"] == signed_up.json["user"]
        stack.database_gate.cut()
        assert stack.answer(event).status in (200, 503)


def test_connections_that_died_while_the_instance_was_frozen_are_replaced(make_stack: MakeStack) -> None:
    stack = make_stack()
    signed_up = stack.signed_up(new_email())
    event = get_session(signed_up.session_cookie)
    assert stack.answer(event).status == 200

    time.sleep(BACK_IN_POOL_SECS)
    thawed = after_a_freeze(stack, event)

    assert thawed.json["user"] == signed_up.json["user"]
    assert thawed.seconds < PATIENCE_SECS


def test_a_freeze_on_the_way_back_to_the_pool_costs_one_answer_at_most(make_stack: MakeStack) -> None:
    stack = make_stack()
    signed_up = stack.signed_up(new_email())
    event = get_session(signed_up.session_cookie)
    assert stack.answer(event).status == 200

    thawed = after_a_freeze(stack, event)

    assert thawed.status in (200, 503) and thawed.seconds < PATIENCE_SECS, thawed
    assert recovers(stack, event).json["user"] == signed_up.json["user"]


def after_a_freeze(stack: Stack, event: Event) -> Answer:
    """The first answer of an instance that was frozen while its connections died."""
    with stack.function(event.function).frozen():
        stack.database_gate.abandon()
        time.sleep(FREEZE_SECS)
    return stack.answer(event)


@pytest.mark.parametrize("pause_secs", [0, BACK_IN_POOL_SECS], ids=["on_its_way_back_to_the_pool", "in_the_pool"])
def test_a_connection_that_hangs_is_given_up(make_stack: MakeStack, pause_secs: float) -> None:
    stack = make_stack()
    signed_up = stack.signed_up(new_email())
    event = get_session(signed_up.session_cookie)
    assert stack.answer(event).status == 200

    time.sleep(pause_secs)
    stack.database_gate.abandon()
    hung = stack.answer(event)

    assert hung.status in (200, 503) and hung.seconds < PATIENCE_SECS, hung
    assert recovers(stack, event).json["user"] == signed_up.json["user"]


def test_secrets_that_are_read_serve_through_an_outage_of_secrets_manager(make_stack: MakeStack) -> None:
    stack = make_stack()
    signed_up = stack.signed_up(new_email())

    stack.secrets_gate.refuse()

    assert stack.signed_up(new_email()).status == 200
    assert stack.function("sign-up-email").cold_secs is not None
    assert_unavailable(stack.answer(get_session(signed_up.session_cookie)))


def test_what_needs_no_database_is_answered_without_it(make_stack: MakeStack) -> None:
    stack = make_stack()
    stack.database_gate.refuse()

    refused = stack.answer(sign_in("no address", PASSWORD))
    nobody = stack.answer(get_session())
    page = stack.answer(load("error"))

    assert (refused.status, refused.code) == (400, "INVALID_EMAIL")
    assert (nobody.status, nobody.json) == (200, None)
    assert page.status == 200


def test_a_cleanup_without_postgres_fails_loudly_and_in_time(make_stack: MakeStack) -> None:
    stack = make_stack()
    stack.database_gate.refuse()

    status, text, seconds = stack.function("cleanup").invoke_raw(load("cleanup").payload)

    # Its caller is a schedule, which retries what failed and would take an answer for success.
    assert status == 200 and "errorMessage" in text, text
    assert seconds < 8
