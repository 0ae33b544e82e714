"""The mailer is woken over SQS. A queue that is away costs a quarter of a second, and no mail."""

from collections.abc import Iterator

import pytest

from events import load
from gate import OUTAGES, Gate
from post import Post
from somebody import Somebody

SCHEDULE = load("cleanup").payload
LIMIT_SECS = 0.25
# For a busy machine.
SLACK_SECS = 0.5

# Who rings, beside verify-email, which does in the midst of a change of address.
RINGING = ["sign-up-email", "request-password-reset", "send-verification-email", "change-email", "delete-user"]


@pytest.fixture
def somebody(post: Post) -> Iterator[Somebody]:
    """A user whose own mail is out, with the way to the queue open before and after."""
    somebody = Somebody(post.stack)
    post.stack.function("mailer").result(SCHEDULE)
    post.queue.clear()
    yield somebody
    gate(post).open()
    post.stack.function("mailer").result(SCHEDULE)
    post.queue.clear()


def gate(post: Post) -> Gate:
    """The way to the queue."""
    assert post.stack.queue_gate is not None
    return post.stack.queue_gate


def waiting(post: Post) -> int:
    """How many mails wait."""
    return int(post.stack.database.value("select count(*) from latchkey_outbox where sent_at is null"))


@pytest.mark.parametrize("function", RINGING)
def test_a_request_for_a_mail_rings_once(post: Post, somebody: Somebody, function: str) -> None:
    answer = post.stack.answer(somebody.request(function))

    event = post.queue.take()
    assert answer.status == 200
    assert event is not None and len(event["Records"]) == 1
    assert post.stack.function("mailer").result(event)["sent"] == 1


@pytest.mark.parametrize("function", RINGING)
@pytest.mark.parametrize("outage", OUTAGES)
def test_a_queue_that_is_away_costs_a_quarter_of_a_second_and_no_mail(
    post: Post, somebody: Somebody, outage: str, function: str
) -> None:
    usual = post.stack.answer(somebody.request(function))
    post.stack.function("mailer").result(SCHEDULE)

    gate(post).cut()
    OUTAGES[outage](gate(post))
    answer = post.stack.answer(somebody.request(function))

    assert answer.status == 200
    assert answer.seconds < usual.seconds + LIMIT_SECS + SLACK_SECS
    assert waiting(post) == 1
    assert post.stack.function("mailer").result(SCHEDULE)["sent"] == 1


def test_a_connection_to_the_queue_that_died_costs_no_more(post: Post, somebody: Somebody) -> None:
    usual = post.stack.answer(somebody.request("request-password-reset"))

    gate(post).abandon()
    answer = post.stack.answer(somebody.request("request-password-reset"))
    post.queue.clear()
    again = post.stack.answer(somebody.request("request-password-reset"))

    assert (answer.status, again.status) == (200, 200)
    assert answer.seconds < usual.seconds + LIMIT_SECS + SLACK_SECS
    assert post.queue.take() is not None, "the mailer is woken over a new connection"
