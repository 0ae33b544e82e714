"""The custom resource that brings the schema up to date, as CloudFormation calls it and by hand."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloudformation import CloudFormation
from conftest import Deployment
from sam import Local
from stack import REGION

ROOT = Path(__file__).parents[2]
# How the guides call it.
_INVOCATION = re.compile(r"```sh\n(aws lambda invoke .*?)```", re.DOTALL)
GUIDES = ("DEPLOY.md", "TAKEOVER.md")
INVOCATIONS = [
    (guide, block) for guide in GUIDES for block in _INVOCATION.findall((ROOT / "docs" / guide).read_text())
]

@pytest.fixture
def cloudformation(network: tuple[str, str]) -> Iterator[CloudFormation]:
    """At the address that containers reach."""
    cloudformation = CloudFormation(network[1])
    yield cloudformation
    cloudformation.stop()

@pytest.mark.parametrize("request_type", ["Create", "Update", "Delete"])
def test_cloudformation_is_answered(
    deployment: Deployment, cloudformation: CloudFormation, tmp_path: Path, request_type: str
) -> None:
    event = cloudformation.asks(request_type, PhysicalResourceId="migrations")
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event))

    deployment.invoke("migrate", file)

    (answer,) = cloudformation.answers
    assert answer["Status"] == "SUCCESS", answer
    assert {key: answer[key] for key in ("RequestId", "StackId", "LogicalResourceId")} == {
        key: event[key] for key in ("RequestId", "StackId", "LogicalResourceId")
    }

def test_it_runs_by_hand(deployment: Deployment, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text("{}")

    assert "errorMessage" not in deployment.invoke("migrate", file)


@pytest.mark.parametrize(("guide", "block"), INVOCATIONS)
def test_the_guides_invocations_are_answered(deployment: Deployment, functions: Local, guide: str, block: str) -> None:
    # Version 1 of the AWS CLI, the one that PyPI has, takes a payload as it is, and knows no option that says so.
    block = re.sub(r"--cli-binary-format \S+ ", "", block)
    name = deployment.template.functions["migrate"]
    environment = {
        "AWS_ENDPOINT_URL_LAMBDA": "http://{}:{}".format(*functions.address),
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }

    done = subprocess.run(
        ["bash", "-euc", f"output() {{ echo {name}; }}\n{block}"],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    answer, _ = json.JSONDecoder().raw_decode(done.stdout)
    # Nothing was left to do, whichever it is.
    done_already = answer["pendingMigrations"] if "inspect" in block else answer["applied"]
    assert done_already == [], answer
    assert ("findings" in answer) == ("inspect" in block)


def test_the_guides_name_all_that_it_is_asked() -> None:
    asked = {payload for _, block in INVOCATIONS for payload in re.findall(r"--payload '([^']*)'", block)}

    assert asked == {"{}", '{"inspect": true}', '{"defaultIssuer": true}'}
