"""A local AWS for the AWS CLI: moto's server on loopback."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

from transformed import REGION


class LocalAws:
    """Where it listens, and what a shell and boto3 need to talk to it."""

    def __init__(self, port: int):
        self.url = f"http://127.0.0.1:{port}"
        self._options: dict[str, Any] = {
            "region_name": REGION,
            "endpoint_url": self.url,
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
        }
        self.environment = {
            **os.environ,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_PAGER": "",
        }

    def client(self, service: str) -> Any:
        """A client of boto3."""
        return boto3.client(service, **self._options)  # type: ignore[call-overload]

    def make_stack(self, name: str, parameters: dict[str, str], outputs: dict[str, str]) -> None:
        """A stack that says these parameters and outputs of itself, and is nothing else."""
        template = {
            "Parameters": {parameter: {"Type": "String"} for parameter in parameters},
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {output: {"Value": value} for output, value in outputs.items()},
        }
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
        self.client("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps(template), Parameters=given)


@contextmanager
def local_aws() -> Iterator[LocalAws]:
    """Runs it for as long as the block."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield LocalAws(server.get_host_and_port()[1])
    server.stop()
