"""One deployment: its database, its secrets, its environment, and its functions."""

import os
import secrets
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from answer import Answer
from emulator import Function
from events import Event, sign_in, sign_up
from gate import Gate
from mail_queue import MailQueue
from marks import mark
from postgres import Database
from webhook import SECRET, Webhook

_ENDPOINTS = Path(__file__).resolve().parent.parent.parent / "functions" / "Cargo.toml"

# The binaries, each a Lambda function: those of the endpoints' package, and the mailer, which has one of its own.
FUNCTIONS = (*(binary["name"] for binary in tomllib.loads(_ENDPOINTS.read_text())["bin"]), "mailer")
# Those that no gateway calls.
OTHER_FUNCTIONS = ("cleanup", "mailer", "migrate")
HTTP_FUNCTIONS = tuple(name for name in FUNCTIONS if name not in OTHER_FUNCTIONS)
# Those that answer without database and secret.
WITHOUT_SETTINGS = ("ok", "health")
# Those that need both.
NEEDY = tuple(name for name in HTTP_FUNCTIONS if name not in WITHOUT_SETTINGS)

REGION = "eu-central-1"
# What the template gives metrics as the name of the service: the stack's own.
SERVICE = "latchkey-tests"
PASSWORD = mark("correct horse battery staple")

# All that users may do only where a setting says so, as the template's parameters switch it on.
EVERYTHING = {
    "CHANGE_EMAIL_ENABLED": "true",
    "CHANGE_EMAIL_CONFIRMATION": "true",
    "DELETE_USER_ENABLED": "true",
    "DELETE_USER_VERIFICATION": "true",
}
# The mailer and the migrations keep ten seconds and more for their end, so they have more than an endpoint.
_TIMEOUT_SECS = 10
_LONG_TIMEOUT_SECS = {"mailer": 60, "migrate": 60}

# What Lambda gives a function beside its own settings.
_CREDENTIALS = {
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "AKIDLAMBDATIER",
    "AWS_SECRET_ACCESS_KEY": mark("the-functions-own-secret-access-key"),
    "AWS_SESSION_TOKEN": mark("the-functions-own-session-token"),
}


class SecretsStore(Protocol):
    """Where secrets are kept: moto's Secrets Manager or the counting one."""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""

    def put(self, name: str, value: str) -> str:
        """Keeps a secret and gives its ARN."""

    def replace(self, arn: str, value: str) -> None:
        """Gives a secret another value."""


def new_secret() -> str:
    """A signing secret."""
    return mark(secrets.token_urlsafe(32))


def bootstrap(name: str) -> Path:
    """The executable of a function."""
    return Path(os.environ["LATCHKEY_BOOTSTRAPS"]).resolve() / name


class Stack:
    """The functions with one environment, each started when it is first called.

    Postgres, Secrets Manager and the mailer's queue are reached through gates, so that a test can take them away.
    """

    def __init__(
        self,
        home: Path,
        store: SecretsStore,
        database: Database,
        secret: str | None = None,
        settings: dict[str, str | None] | None = None,
        timeout_secs: int | None = None,
        webhook: Webhook | None = None,
        queue: MailQueue | None = None,
    ):
        """`settings` are added to the environment; None takes a variable away. Mails leave by `webhook`."""
        self.database = database
        self.database_gate = Gate(database.address)
        self.secrets_gate = Gate(store.address)
        self.secret = secret or new_secret()
        self.secret_arn = store.put(f"{home.name}/signing", self.secret)
        self.database_arn = store.put(f"{home.name}/database", database.url(self.database_gate.port))
        environment: dict[str, str | None] = {
            **_CREDENTIALS,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.secrets_gate.port}",
            "BETTER_AUTH_SECRET_ARN": self.secret_arn,
            "DATABASE_URL_ARN": self.database_arn,
            "LOG_LEVEL": "info",
            "METRICS_SERVICE": SERVICE,
            # Every test calls from one address.
            "RATE_LIMIT_ENABLED": "false",
            **(_mails(store, webhook) if webhook else {}),
            **(settings or {}),
        }
        self.queue_gate = Gate(queue.address) if queue else None
        if queue and self.queue_gate:
            environment["MAIL_QUEUE_URL"] = queue.url
            environment["AWS_ENDPOINT_URL_SQS"] = f"http://127.0.0.1:{self.queue_gate.port}"
        self.environment = {name: value for name, value in environment.items() if value is not None}
        self.started: list[Function] = []
        self._home = home
        self._store = store
        self._timeout_secs = timeout_secs
        self._running: dict[str, Function] = {}

    def change_password(self, password: str) -> None:
        """Gives the deployment's own user of the database, who may be new, this password. No secret knows it yet."""
        self._user, self._password = f"{self.database.name}_{self._home.name}", mark(password)
        self.database.set_password(self._user, self._password)

    def put_password(self) -> None:
        """Tells the secret of the database's URL."""
        url = self.database.url_of(self._user, self._password, self.database_gate.port)
        self._store.replace(self.database_arn, url)

    def start(self, name: str) -> Function:
        """A new instance of a function, as when Lambda scales out."""
        folder = self._home / f"{len(self.started)}-{name}"
        timeout_secs = self._timeout_secs or _LONG_TIMEOUT_SECS.get(name, _TIMEOUT_SECS)
        function = Function(bootstrap(name), self.environment, folder, timeout_secs)
        self.started.append(function)
        return function

    def function(self, name: str) -> Function:
        """The instance of a function that serves this stack's requests."""
        if name not in self._running:
            self._running[name] = self.start(name)
        return self._running[name]

    def answer(self, event: Event) -> Answer:
        """The answer of the event's function."""
        return self.function(event.function).answer(event)

    def signed_up(self, email: str, password: str = PASSWORD) -> Answer:
        """Signs somebody up."""
        answer = self.answer(sign_up(email, password))
        assert answer.status == 200, answer
        return answer

    def signed_in(self, email: str, password: str = PASSWORD, remember_me: bool = True) -> Answer:
        """Signs somebody in."""
        answer = self.answer(sign_in(email, password, rememberMe=remember_me))
        assert answer.status == 200, answer
        return answer

    def stop(self) -> None:
        """Ends the functions and closes the gates."""
        for function in self.started:
            function.stop()
        self.database_gate.close()
        self.secrets_gate.close()
        if self.queue_gate:
            self.queue_gate.close()


def _mails(store: SecretsStore, webhook: Webhook) -> dict[str, str]:
    return {
        "MAIL_TRANSPORT": "webhook",
        "MAIL_WEBHOOK_URL": webhook.url,
        "MAIL_WEBHOOK_SECRET_ARN": store.put(f"webhook/{secrets.token_hex(8)}", SECRET),
    }


# Makes a stack from the options of its constructor.
MakeStack = Callable[..., Stack]
