"""`scripts/rotate-signing-secret` through the AWS CLI against a local AWS. That nobody is signed out is shown by
tests/lambda/test_rotation.py, with functions that run."""

import json
import secrets
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local_aws import LocalAws, local_aws
from transformed import ROOT

PLAIN = "0123456789abcdefghijklmnopqrstuvwxyzABCD"
WEEK = 604_800


class Aws:
    """A local AWS with one signing secret, and the script against it."""

    def __init__(self, local: LocalAws):
        self.local = local
        self.secrets_manager = local.client("secretsmanager")
        self.environment = dict(local.environment)
        self.arn = ""

    def keep(self, text: str) -> None:
        """Makes a secret."""
        self.arn = self.secrets_manager.create_secret(Name=secrets.token_hex(8), SecretString=text)["ARN"]

    @property
    def text(self) -> str:
        """What the secret is now."""
        found: str = self.secrets_manager.get_secret_value(SecretId=self.arn)["SecretString"]
        return found

    @property
    def keys(self) -> list[dict[str, Any]]:
        """The same as a list of keys."""
        found: list[dict[str, Any]] = json.loads(self.text)
        return found

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Runs the script."""
        command = [ROOT / "scripts/rotate-signing-secret", *options]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def rotate(self, *options: str) -> str:
        """Rotates the secret, and gives what was printed."""
        done = self.run("--secret", self.arn, "--session-expires-in", str(WEEK), *options)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def local() -> Iterator[LocalAws]:
    """A local AWS."""
    with local_aws() as aws:
        yield aws


@pytest.fixture
def aws(local: LocalAws) -> Aws:
    """The same with a secret of Better Auth's."""
    aws = Aws(local)
    aws.keep(PLAIN)
    return aws


def instant(text: str) -> datetime:
    """An instant of a key."""
    return datetime.fromisoformat(text)


def ago(**how_long: float) -> str:
    """An instant that has passed."""
    return (datetime.now(UTC) - timedelta(**how_long)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_plain_secret_gets_a_second_key_that_signs_later(aws: Aws) -> None:
    aws.rotate()

    new, old = aws.keys
    assert (new["version"], old["version"]) == (2, 1)
    assert old["value"] == PLAIN
    assert len(new["value"]) >= 32
    assert new["value"] != PLAIN
    # Every function has read it by then, and signs with it from then on.
    lead = instant(new["signs_from"]) - datetime.now(UTC)
    assert timedelta(minutes=10) < lead <= timedelta(minutes=15)
    assert "accepted_until" not in new
    assert "signs_from" not in old


def test_an_old_key_is_accepted_for_as_long_as_its_last_cookie_lives(aws: Aws) -> None:
    aws.rotate()

    new, old = aws.keys
    life = instant(old["accepted_until"]) - instant(new["signs_from"])
    assert timedelta(days=7) < life < timedelta(days=8)


def test_a_sessions_life_may_be_short_and_links_in_mails_live_on(aws: Aws) -> None:
    done = aws.run("--secret", aws.arn, "--session-expires-in", "60")

    assert done.returncode == 0, done.stderr
    new, old = aws.keys
    assert instant(old["accepted_until"]) - instant(new["signs_from"]) > timedelta(days=1)


def test_a_secret_keeps_its_very_characters(aws: Aws) -> None:
    odd = f' ü"\\{PLAIN}\n'
    aws.keep(odd)

    aws.rotate()

    assert aws.keys[1]["value"] == odd


def test_nothing_that_is_printed_is_a_key(aws: Aws) -> None:
    printed = aws.rotate()

    assert "version 2: signs from" in printed
    assert not [key["version"] for key in aws.keys if key["value"] in printed]


def test_a_second_rotation_waits_for_the_first(aws: Aws) -> None:
    aws.rotate()
    before = aws.text

    done = aws.run("--secret", aws.arn, "--session-expires-in", str(WEEK))

    assert done.returncode != 0
    assert "under way" in done.stderr
    assert aws.text == before


def test_keys_that_ended_are_removed_once_no_mail_can_need_them(aws: Aws) -> None:
    aws.keep(
        json.dumps(
            [
                {"version": 4, "value": "four", "signs_from": ago(days=1)},
                {"version": 3, "value": "three", "accepted_until": ago(days=1)},
                {"version": 2, "value": "two", "accepted_until": ago(days=3)},
            ]
        )
    )

    aws.rotate()

    assert [key["version"] for key in aws.keys] == [5, 4, 3]
    # Its end does not move.
    assert instant(aws.keys[2]["accepted_until"]) < datetime.now(UTC)
    assert instant(aws.keys[1]["accepted_until"]) > datetime.now(UTC) + timedelta(days=7)


def test_a_leaked_key_is_accepted_no_more(aws: Aws) -> None:
    done = aws.run("--secret", aws.arn, "--leaked")

    assert done.returncode == 0, done.stderr
    new, old = aws.keys
    assert new.keys() == {"version", "value"}
    assert instant(old["accepted_until"]) <= datetime.now(UTC)


def test_a_dry_run_changes_nothing(aws: Aws) -> None:
    assert "nothing was changed" in aws.rotate("--dry-run")

    assert aws.text == PLAIN


def test_a_stack_says_which_secret_and_how_long_sessions_live(aws: Aws) -> None:
    name = f"stack-{secrets.token_hex(4)}"
    aws.local.make_stack(name, {"SessionExpiresIn": "2592000"}, {"AuthSecretArn": aws.arn})

    done = aws.run("--stack", name)

    assert done.returncode == 0, done.stderr
    new, old = aws.keys
    assert instant(old["accepted_until"]) - instant(new["signs_from"]) > timedelta(days=30)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--stack", "no-such-stack"], "no-such-stack"),
        (["--secret", "no-such-secret", "--session-expires-in", "604800"], "can't find the specified secret"),
        (["--secret", "x"], "--session-expires-in"),
        (["--secret", "x", "--session-expires-in", "604800", "--signs-in", "299"], "--signs-in"),
        ([], "--stack"),
    ],
)
def test_what_is_wrong_is_said(aws: Aws, options: list[str], says: str) -> None:
    done = aws.run(*options)

    assert done.returncode != 0
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert aws.text == PLAIN


@pytest.mark.parametrize("text", ['[{"version":1}]', "[1]", '[{"version":1,"value":hunter2}]', "  "])
def test_what_is_no_secret_is_left_alone(aws: Aws, text: str) -> None:
    aws.keep(text)

    done = aws.run("--secret", aws.arn, "--session-expires-in", str(WEEK))

    assert done.returncode != 0
    assert "hunter2" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert aws.text == text


def test_a_change_at_the_same_time_is_noticed(aws: Aws, tmp_path: Any) -> None:
    # An `aws` that changes the secret behind the script's back, before it writes.
    real = subprocess.run(["bash", "-c", "command -v aws"], capture_output=True, text=True, check=True).stdout.strip()
    fake = tmp_path / "aws"
    fake.write_text(
        f"#!/bin/bash\n"
        f'[[ $2 != put-secret-value ]] || "{real}" secretsmanager put-secret-value --secret-id "{aws.arn}"'
        f" --secret-string other >/dev/null </dev/null\n"
        f'exec "{real}" "$@"\n'
    )
    fake.chmod(0o755)
    aws.environment["PATH"] = f"{tmp_path}:{aws.environment['PATH']}"

    done = aws.run("--secret", aws.arn, "--session-expires-in", str(WEEK))

    assert done.returncode != 0
    assert "AWSPREVIOUS" in done.stderr
