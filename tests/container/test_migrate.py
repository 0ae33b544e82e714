"""The custom resource that brings the schema up to date, as CloudFormation calls it and by hand."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from conftest import Deployment
from events import load


class CloudFormation:
    """Takes what a custom resource answers."""

    def __init__(self, address: str):
        answers: list[dict[str, Any]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                answers.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.answers = answers
        self._server = ThreadingHTTPServer((address, 0), Handler)
        self.url = f"http://{address}:{self._server.server_port}/answer"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Gives the port back."""
        self._server.shutdown()
        self._server.server_close()


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
    event = load("migrate.custom-resource").payload | {
        "RequestType": request_type,
        "ResponseURL": cloudformation.url,
        "PhysicalResourceId": "migrations",
    }
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
