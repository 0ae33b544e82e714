"""The mailer, woken by its queue or by its schedule, sends what waits in the outbox."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from events import load
from marks import mark
from postgres import Database
from secrets_manager import SecretsManager
from stack import MakeStack, Stack

QUEUE = load("mailer").payload
SCHEDULE = load("cleanup").payload
SECRET = mark("signs-what-the-webhook-is-told")
# More than the mailer keeps for its last batch.
TIMEOUT_SECS = 20


class Webhook:
    """A service that is told what to send."""

    def __init__(self) -> None:
        received: list[tuple[dict[str, str], bytes]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                received.append((dict(self.headers), body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.received = received
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/mails"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    webhook = Webhook()
    yield webhook
    webhook.stop()


@pytest.fixture
def mailing(
    make_stack: MakeStack, secrets_manager: SecretsManager, own_database: Database, webhook: Webhook
) -> Stack:
    """A deployment whose mails leave by the webhook."""
    settings = {
        "MAIL_TRANSPORT": "webhook",
        "MAIL_WEBHOOK_URL": webhook.url,
        "MAIL_WEBHOOK_SECRET_ARN": secrets_manager.put("mail/webhook", SECRET),
    }
    return make_stack(database=own_database, settings=settings, timeout_secs=TIMEOUT_SECS)


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
