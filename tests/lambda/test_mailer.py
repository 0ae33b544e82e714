"""The mailer, woken by its queue or by its schedule, sends what waits in the outbox."""

import base64
import hashlib
import hmac
import json

import pytest

from events import load
from postgres import Database
from stack import MakeStack, Stack
from webhook import SECRET, Webhook

QUEUE = load("mailer").payload
SCHEDULE = load("cleanup").payload


@pytest.fixture
def mailing(make_stack: MakeStack, own_database: Database, webhook: Webhook) -> Stack:
    """A deployment whose mails leave by the webhook."""
    return make_stack(database=own_database, webhook=webhook)


def queue(database: Database, mail: str) -> None:
    """A mail for a user who signed up."""
    database.execute(
        "insert into latchkey_outbox (id, kind, user_id, address, base_url, created_at, due_at)"
        " select %s, 'verify-email', id, email, 'https://auth.example.com', now(), now()"
        ' from "user" limit 1',
        mail,
    )


@pytest.mark.parametrize("event", [QUEUE, SCHEDULE, {}, None], ids=["queue", "schedule", "object", "null"])
def test_whatever_wakes_it_what_is_due_leaves_once(mailing: Stack, webhook: Webhook, event: object) -> None:
    mailing.signed_up("ada@example.com")
    for n in range(12):
        queue(mailing.database, f"m{n}")

    first = mailing.function("mailer").result(event)
    second = mailing.function("mailer").result(event)

    assert first == {"sent": 12, "retried": 0, "dead": 0, "complete": True}
    assert second == {"sent": 0, "retried": 0, "dead": 0, "complete": True}
    assert len(webhook.received) == 12
    headers, body = webhook.received[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    assert json.loads(body)["url"].startswith("https://auth.example.com/api/auth/verify-email?token=")


def test_the_log_names_mails_and_no_link(mailing: Stack, webhook: Webhook) -> None:
    mailing.signed_up("ada@example.com")
    queue(mailing.database, "m1")

    mailing.function("mailer").result(QUEUE)

    log = json.dumps(mailing.function("mailer").log_lines())
    token = json.loads(webhook.received[0][1])["token"]
    assert "m1" in log
    assert token not in log
    assert "ada@example.com" not in log


def test_what_its_transport_needs_is_named(make_stack: MakeStack) -> None:
    for settings, name in (
        ({"MAIL_TRANSPORT": "smtp"}, "MAIL_FROM"),
        ({"MAIL_TRANSPORT": "smtp", "MAIL_FROM": "a@example.com"}, "SMTP_URL_ARN"),
        ({"MAIL_TRANSPORT": "webhook"}, "MAIL_WEBHOOK_URL"),
        ({"MAIL_TRANSPORT": "inbox"}, "MAIL_TRANSPORT"),
    ):
        assert name in make_stack(settings=settings).start("mailer").refuses_to_start(QUEUE)


def test_without_postgres_it_fails_loudly_and_sends_later(mailing: Stack, webhook: Webhook) -> None:
    mailing.signed_up("ada@example.com")
    queue(mailing.database, "m1")
    mailer = mailing.function("mailer")
    mailer.result(SCHEDULE)
    queue(mailing.database, "m2")

    mailing.database_gate.refuse()
    status, text, seconds = mailer.invoke_raw(QUEUE)
    mailing.database_gate.open()

    # The queue shows a message again that was not dealt with.
    assert status == 200 and "errorMessage" in text, text
    assert seconds < 8
    assert mailer.result(QUEUE)["sent"] == 1
    assert [mail["id"] for mail in webhook.mails] == ["m1", "m2"]


def test_a_mail_that_nobody_takes_is_kept_for_later(mailing: Stack, webhook: Webhook) -> None:
    mailing.signed_up("ada@example.com")
    queue(mailing.database, "m1")
    webhook.stop()

    report = mailing.function("mailer").result(QUEUE)

    assert report == {"sent": 0, "retried": 1, "dead": 0, "complete": True}
    assert mailing.database.value("select count(*) from latchkey_outbox where sent_at is null") == 1
