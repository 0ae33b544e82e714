"""The queue that wakes the mailer, in moto's SQS."""

import secrets
from typing import Any

import boto3

from events import load


class MailQueue:
    """A queue of its own, and the event that Lambda makes of what is in it."""

    def __init__(self, address: tuple[str, int], region: str):
        self.address = address
        self._client = boto3.client(
            "sqs",
            region_name=region,
            endpoint_url=f"http://{address[0]}:{address[1]}",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        self.url: str = self._client.create_queue(QueueName=f"MailQueue-{secrets.token_hex(8)}")["QueueUrl"]

    def take(self) -> dict[str, Any] | None:
        """The event of what waits, up to ten messages, which it takes out; None where nothing does."""
        messages = self._client.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        ).get("Messages")
        if not messages:
            return None
        for message in messages:
            self._client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        event: dict[str, Any] = load("mailer").payload
        (kept,) = event["Records"]
        event["Records"] = [
            kept
            | {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
                "md5OfBody": message["MD5OfBody"],
            }
            for message in messages
        ]
        return event

    def clear(self) -> None:
        """Takes out all that waits."""
        while self.take():
            pass
