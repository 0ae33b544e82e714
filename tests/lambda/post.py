"""A deployment whose mails arrive."""

from dataclasses import dataclass
from typing import Any

from mail_queue import MailQueue
from stack import Stack
from webhook import Webhook


@dataclass(frozen=True)
class Post:
    """A stack, the queue by which it wakes the mailer, and the service by which the mailer sends."""

    stack: Stack
    webhook: Webhook
    queue: MailQueue

    def delivered(self) -> dict[str, Any]:
        """The mail that leaves when the mailer is woken by what the queue holds."""
        event = self.queue.take()
        assert event is not None, "nobody woke the mailer"
        before = len(self.webhook.mails)
        self.stack.function("mailer").result(event)
        (mail,) = self.webhook.mails[before:]
        return mail
