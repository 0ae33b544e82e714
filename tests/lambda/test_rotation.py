"""scripts/rotate-signing-secret while functions serve: nobody is signed out, at no moment of it."""

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest

from answer import Answer
from events import get_session, new_email, sign_in
from marks import mark
from postgres import Database
from stack import PASSWORD, REGION, SecretsStore, Stack

SCRIPT = Path(__file__).resolve().parent.parent.parent / "scripts" / "rotate-signing-secret"
WEEK = timedelta(days=7)


class Store(SecretsStore, Protocol):
    """A Secrets Manager that the AWS CLI can talk to."""

    _client: Any


class Deployment:
    """A stack whose secret is rotated. A function that was started keeps the secret for five minutes, longer than a test."""

    def __init__(self, stack: Stack, store: Store):
        self.stack = stack
        self._client = store._client
        self._endpoint = "http://{}:{}".format(*store.address)

    def rotate(self, *options: str) -> None:
        """Runs the script as an operator does."""
        environment = {
            "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL": self._endpoint,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
        command = [SCRIPT, "--secret", self.stack.secret_arn, "--session-expires-in", str(int(WEEK.total_seconds()))]
        subprocess.run([*command, *options], env=environment, check=True, capture_output=True)
        for key in self.keys:
            mark(key["value"])

    @property
    def keys(self) -> list[dict[str, Any]]:
        """The secret, a list of keys."""
        found = self._client.get_secret_value(SecretId=self.stack.secret_arn)["SecretString"]
        keys: list[dict[str, Any]] = json.loads(found)
        return keys

    def let_pass(self, time: timedelta) -> None:
        """Moves all that the keys say of time into the past."""
        keys = self.keys
        for key in keys:
            for name in {"signs_from", "accepted_until"} & key.keys():
                key[name] = (datetime.fromisoformat(key[name]) - time).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._client.put_secret_value(SecretId=self.stack.secret_arn, SecretString=json.dumps(keys))

    def signed_in_by_a_new_function(self, email: str) -> Answer:
        """A sign-in where the secret has just been read."""
        return self.stack.start("sign-in-email").answer(sign_in(email, PASSWORD))

    def is_signed_in_at_a_new_function(self, cookie: str) -> bool:
        """Whether a cookie counts where the secret has just been read."""
        return self.stack.start("get-session").answer(get_session(cookie)).json is not None

    def is_signed_in(self, cookie: str) -> bool:
        """Whether it counts at the function that has been running all the time."""
        return self.stack.answer(get_session(cookie)).json is not None


@pytest.fixture
def deployment(moto: Store, shared_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A deployment with a plain secret, and functions that have read it."""
    stack = Stack(tmp_path_factory.mktemp("rotation"), moto, shared_database)
    assert stack.answer(get_session()).status == 200
    yield Deployment(stack, moto)
    stack.stop()


def test_nobody_is_signed_out(deployment: Deployment) -> None:
    email = new_email()
    before = deployment.stack.signed_up(email).cookie()

    deployment.rotate()

    # Some functions have read the new list, others have not: each takes the cookies of the other.
    during = deployment.signed_in_by_a_new_function(email).cookie()
    assert during.is_signed_with(deployment.stack.secret)
    for cookie in (before, during):
        assert deployment.is_signed_in(cookie.pair)
        assert deployment.is_signed_in_at_a_new_function(cookie.pair)

    deployment.let_pass(timedelta(minutes=16))

    # All have read it by now: the new key signs, and the old one is accepted.
    after = deployment.signed_in_by_a_new_function(email).cookie()
    new = deployment.keys[0]["value"]
    assert after.is_signed_with(new)
    for cookie in (before, during, after):
        assert deployment.is_signed_in_at_a_new_function(cookie.pair)

    deployment.let_pass(WEEK)

    # The last cookie of the old key has a moment left.
    assert deployment.is_signed_in_at_a_new_function(during.pair)

    deployment.let_pass(timedelta(hours=2))

    assert not deployment.is_signed_in_at_a_new_function(before.pair)
    assert deployment.is_signed_in_at_a_new_function(after.pair)


def test_one_rotation_after_the_other_signs_nobody_out(deployment: Deployment) -> None:
    email = new_email()
    first = deployment.stack.signed_up(email).cookie()
    cookies = [first]

    for _ in range(2):
        deployment.rotate()
        deployment.let_pass(timedelta(minutes=16))
        cookies.append(deployment.signed_in_by_a_new_function(email).cookie())

    assert [key["version"] for key in deployment.keys] == [3, 2, 1]
    assert all(deployment.is_signed_in_at_a_new_function(cookie.pair) for cookie in cookies)


def test_a_leaked_key_opens_nothing(deployment: Deployment) -> None:
    email = new_email()
    before = deployment.stack.signed_up(email).cookie()

    deployment.rotate("--leaked")

    assert not deployment.is_signed_in_at_a_new_function(before.pair)
    after = deployment.signed_in_by_a_new_function(email).cookie()
    assert deployment.is_signed_in_at_a_new_function(after.pair)
