"""What the tests of the Lambda tier share. tests/run starts them; by hand:

    LATCHKEY_BOOTSTRAPS=target/release tests/with-postgres pytest tests/lambda

with the packages of tests/requirements.txt installed.
"""

import os
import platform
import signal
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from emulator import Function
from mail_queue import MailQueue
from post import Post
from postgres import Database
from secrets_manager import SecretsManager
from stack import EVERYTHING, FUNCTIONS, REGION, MakeStack, Stack, bootstrap
from webhook import Webhook

_started: list[Function] = []
_faithful: list[Function] = []


def pytest_configure() -> None:
    """Says what is missing before any test fails for it, and lets a signal end what was started."""
    if platform.system() != "Linux":
        raise pytest.UsageError("AWS's Runtime Interface Emulator is a Linux program: run this tier on Linux")
    for name, meaning in {
        "TEST_DATABASE_URL": "a PostgreSQL server for throw-away databases (tests/with-postgres starts one)",
        "LATCHKEY_BOOTSTRAPS": "the folder of the functions' executables, such as target/release",
    }.items():
        if not os.environ.get(name):
            raise pytest.UsageError(f"{name} is not set: {meaning}")
    missing = [name for name in FUNCTIONS if not os.access(bootstrap(name), os.X_OK)]
    if missing:
        raise pytest.UsageError(f"no executable {', '.join(missing)} in {os.environ['LATCHKEY_BOOTSTRAPS']}")
    # Left to itself Python would end at once, and leave the functions behind.
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("SIGTERM", returncode=143))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that judge the whole run come after it."""
    items.sort(key=lambda item: item.get_closest_marker("runs_last") is not None)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How long the functions of the faithful stack took, for information."""
    for function in _faithful:
        if function.cold_secs is not None and function.warm_secs is not None:
            terminalreporter.write_line(
                f"{function.name}: start and first answer {function.cold_secs * 1000:.0f} ms,"
                f" the quickest later one {function.warm_secs * 1000:.0f} ms"
            )


class _Moto:
    """Moto's Secrets Manager and SQS, the faithful ones: they read requests as AWS does."""

    def __init__(self, port: int):
        self.address = ("127.0.0.1", port)
        self._client = boto3.client(
            "secretsmanager",
            region_name=REGION,
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def put(self, name: str, value: str) -> str:
        """Keeps a secret and gives its ARN."""
        return self._client.create_secret(Name=name, SecretString=value)["ARN"]

    def replace(self, arn: str, value: str) -> None:
        """Gives a secret another value."""
        self._client.put_secret_value(SecretId=arn, SecretString=value)

    def queue(self) -> MailQueue:
        """A queue of its own."""
        return MailQueue(self.address, REGION)


@pytest.fixture(scope="session")
def moto() -> Iterator[_Moto]:
    """Moto's server on loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield _Moto(server.get_host_and_port()[1])
    server.stop()


def _new_database() -> Iterator[Database]:
    database = Database(os.environ["TEST_DATABASE_URL"])
    yield database
    database.drop()


@pytest.fixture(scope="session")
def shared_database() -> Iterator[Database]:
    """Where tests meet no rows of each other's as long as each makes users of its own."""
    yield from _new_database()


@pytest.fixture
def own_database() -> Iterator[Database]:
    """A database with nothing in it but what the test puts there."""
    yield from _new_database()


@pytest.fixture(scope="session")
def stack(moto: _Moto, shared_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The deployment that most tests share: as the template makes it with all that it has, without PUBLIC_URL."""
    webhook = Webhook()
    home = tmp_path_factory.mktemp("stack")
    stack = Stack(home, moto, shared_database, settings=EVERYTHING, webhook=webhook, queue=moto.queue())
    yield stack
    stack.stop()
    webhook.stop()
    _faithful.extend(stack.started)


@pytest.fixture(scope="module")
def post(moto: _Moto, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """A deployment whose mails arrive, for the tests of a module."""
    webhook, queue = Webhook(), moto.queue()
    for database in _new_database():
        home = tmp_path_factory.mktemp("post")
        settings = EVERYTHING | {"SEND_VERIFICATION_ON_SIGN_UP": "true"}
        stack = Stack(home, moto, database, settings=settings, webhook=webhook, queue=queue)
        yield Post(stack, webhook, queue)
        stack.stop()
        _started.extend(stack.started)
    webhook.stop()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    """A service that sends mails."""
    webhook = Webhook()
    yield webhook
    webhook.stop()


@pytest.fixture
def secrets_manager() -> Iterator[SecretsManager]:
    """A Secrets Manager that counts."""
    manager = SecretsManager()
    yield manager
    manager.stop()


@pytest.fixture
def make_stack(
    secrets_manager: SecretsManager, shared_database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeStack]:
    """Makes deployments of a test's own, on the counting Secrets Manager: `make_stack(secret=…, settings={…})`."""
    stacks: list[Stack] = []

    def make(database: Database = shared_database, **options: Any) -> Stack:
        stack = Stack(tmp_path_factory.mktemp("stack"), secrets_manager, database, **options)
        stacks.append(stack)
        return stack

    yield make
    for stack in stacks:
        stack.stop()
        _started.extend(stack.started)


@pytest.fixture
def every_function(stack: Stack) -> list[Function]:
    """Every instance that was started in this run."""
    return [*_started, *stack.started]
