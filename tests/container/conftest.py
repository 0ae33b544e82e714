"""What the tests of the container tier share: the template's functions in containers, as the SAM CLI runs them.

tests/run starts them; by hand, where a Docker engine answers:

    cargo lambda build --release
    LATCHKEY_BOOTSTRAPS=target/lambda tests/with-postgres pytest tests/container

with the packages of tests/requirements.txt installed. SAM's base image is made here (base_image.py); Postgres and a
local AWS listen on the address that the containers' network has on this machine.
"""

import os
import secrets
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import docker
import pytest
from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID
from moto.server import ThreadedMotoServer

import base_image
from bridge import Bridge
from client import APP_ORIGIN, Client
from events import ORIGIN
from local_template import LocalTemplate
from mail_queue import MailQueue
from postgres import Database
from sam import Local, Sam
from stack import FUNCTIONS, REGION, new_secret

# Where mails' links lead, as a parameter of the template.
PUBLIC_URL = "https://auth.example.com"
SENDER = "no-reply@example.com"


def pytest_configure() -> None:
    """Says what is missing before any test fails for it."""
    for name, meaning in {
        "TEST_DATABASE_URL": "a PostgreSQL server for throw-away databases (tests/with-postgres starts one)",
        "LATCHKEY_BOOTSTRAPS": "what `cargo lambda build --release` filled, such as target/lambda",
    }.items():
        if not os.environ.get(name):
            raise pytest.UsageError(f"{name} is not set: {meaning}")
    missing = [name for name in FUNCTIONS if not os.access(_bootstraps() / name / "bootstrap", os.X_OK)]
    if missing:
        raise pytest.UsageError(f"no bootstrap of {', '.join(missing)} in {_bootstraps()}")
    # Left to itself Python would end at once, and leave containers behind.
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("SIGTERM", returncode=143))


def _bootstraps() -> Path:
    return Path(os.environ["LATCHKEY_BOOTSTRAPS"]).resolve()


@dataclass(frozen=True)
class Deployment:
    """The template, deployed to this machine."""

    database: Database
    queue: MailQueue
    template: LocalTemplate
    sam: Sam

    def invoke(self, function: str, event: Path) -> Any:
        """What the function of that binary returns to `sam local invoke --event`."""
        return self.sam.invoke(self.template.functions[function], event)

    def sent_mails(self) -> list[str]:
        """The texts of all mails that SES took, the oldest first."""
        backend = get_backend("sesv2")[DEFAULT_ACCOUNT_ID][REGION].core_backend
        mails = [message_from_string(sent.raw_data, policy=default) for sent in backend.sent_messages]
        return [mail.get_body(("plain",)).get_content() for mail in mails]


@pytest.fixture(scope="session")
def network() -> Iterator[tuple[str, str]]:
    """The containers' network: its name, and this machine's address in it."""
    engine = docker.from_env()
    base_image.make(engine)
    network = engine.networks.create(f"latchkey-{secrets.token_hex(4)}", driver="bridge")
    network.reload()
    yield network.name, network.attrs["IPAM"]["Config"][0]["Gateway"]
    # What the SAM CLI did not get to.
    for container in engine.containers.list(all=True, filters={"network": network.name}):
        container.remove(force=True)
    network.remove()
    base_image.remove(engine)


@pytest.fixture(scope="session")
def deployment(network: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Database, local AWS, and the template with what a deployment would tell it."""
    name, address = network
    database = Database(os.environ["TEST_DATABASE_URL"])
    bridge = Bridge(address, database.address)
    moto = ThreadedMotoServer(ip_address=address, port=0, verbose=False)
    moto.start()
    endpoint = f"http://{address}:{moto.get_host_and_port()[1]}"
    aws = {
        "region_name": REGION,
        "endpoint_url": endpoint,
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
    }
    boto3.client("sesv2", **aws).create_email_identity(EmailIdentity=SENDER)
    store = boto3.client("secretsmanager", **aws)
    through_bridge = urlsplit(database.url(bridge.address[1]))
    login, _, _ = through_bridge.netloc.rpartition("@")
    # The server of the tests has no certificate for a name on another machine, as which containers see this one.
    database_url = through_bridge._replace(
        netloc=f"{login}@{address}:{bridge.address[1]}", query="sslmode=disable"
    ).geturl()
    queue = MailQueue((address, moto.get_host_and_port()[1]), REGION)

    parameters = {
        "DatabaseUrlSecretArn": store.create_secret(Name="database", SecretString=database_url)["ARN"],
        "AuthSecretArn": store.create_secret(Name="signing", SecretString=new_secret())["ARN"],
        "PublicUrl": PUBLIC_URL,
        # The app's, and that of the pages that the events of tests/events come from.
        "CorsOrigins": f"{APP_ORIGIN},{ORIGIN}",
        "MailTransport": "ses",
        "MailFrom": SENDER,
    }
    # Every test calls from one address.
    template = LocalTemplate(
        _bootstraps(), parameters, {"AWS_ENDPOINT_URL": endpoint, "RATE_LIMIT_ENABLED": "false"}
    )
    home = tmp_path_factory.mktemp("deployment")
    sam = Sam(
        home,
        template.write(home / "template.yaml"),
        base_image.IMAGE,
        name,
        parameters,
        # To the SAM CLI the queue has no URL.
        {"MAIL_QUEUE_URL": queue.url},
        endpoint,
    )
    yield Deployment(database, queue, template, sam)
    moto.stop()
    bridge.close()
    database.drop()


def _running(deployment: Deployment, command: str, request: pytest.FixtureRequest) -> Iterator[Local]:
    local = deployment.sam.start(command)
    yield local
    local.stop()
    if request.session.testsfailed:
        print(local.log())


@pytest.fixture(scope="session")
def api(deployment: Deployment, request: pytest.FixtureRequest) -> Iterator[Local]:
    """The API, at an address of this machine."""
    yield from _running(deployment, "start-api", request)


@pytest.fixture(scope="session")
def client(api: Local) -> Client:
    """A client of the API."""
    return Client(api.address)


@pytest.fixture(scope="module")
def functions(deployment: Deployment, request: pytest.FixtureRequest) -> Iterator[Local]:
    """The functions, at an address that speaks Lambda's own API."""
    yield from _running(deployment, "start-lambda", request)
