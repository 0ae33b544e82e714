"""The mailer, woken by its queue or by its schedule, sends what waits in the outbox."""

import base64
import email
import hashlib
import hmac
import html
import json
from typing import Any

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from events import load
from postgres import Database
from stack import REGION, MakeStack, Stack
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


def test_mails_leave_by_ses(moto: Any, own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> None:
    host, port = moto.address
    access = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    ses = boto3.client("ses", region_name=REGION, endpoint_url=f"http://{host}:{port}", **access)
    settings = {"MAIL_TRANSPORT": "ses", "MAIL_FROM": "Example <no-reply@example.com>"}
    stack = Stack(tmp_path_factory.mktemp("stack"), moto, own_database, settings=settings)
    try:
        stack.signed_up("ada@example.com")
        queue(own_database, "m1")

        # SES takes no mail from an address that nobody has proven: that refusal is final.
        refused = stack.function("mailer").result(QUEUE)
        ses.verify_email_identity(EmailAddress="no-reply@example.com")
        queue(own_database, "m2")
        sent = stack.function("mailer").result(QUEUE)
    finally:
        stack.stop()

    assert refused == {"sent": 0, "retried": 0, "dead": 1, "complete": True}
    assert own_database.value("select error from latchkey_outbox where id = 'm1'").startswith("SES: MessageRejected")
    assert sent == {"sent": 1, "retried": 0, "dead": 0, "complete": True}
    mail = email.message_from_string(ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages[-1].raw_data)
    assert (mail["from"], mail["to"]) == ("Example <no-reply@example.com>", "ada@example.com")
    parts = {part.get_content_type(): part for part in mail.walk() if not part.is_multipart()}
    for kind in ("text/plain", "text/html"):
        text = html.unescape(parts[kind].get_payload(decode=True).decode())
        assert "https://auth.example.com/api/auth/verify-email?token=" in text, kind
