"""The custom resource that brings the schema up to date, as CloudFormation calls it and by hand."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloudformation import CloudFormation
from conftest import Deployment

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
