"""The SAM CLI, which runs the functions of a template in containers."""

import contextlib
import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client import Client
from ports import free_port
from stack import REGION


class SamError(Exception):
    """The SAM CLI failed; says what it wrote."""


@dataclass(frozen=True)
class Sam:
    """A template, and what every command is told about it."""

    home: Path
    template: Path
    image: str
    network: str
    parameters: dict[str, str]
    # Values for variables that the template declares: `--env-vars`.
    variables: dict[str, str]
    # A local AWS: the SAM CLI asks for the account's number.
    aws: str

    def invoke(self, logical_id: str, event: Path) -> Any:
        """What a function returns to `sam local invoke --event`, in a container of its own."""
        done = subprocess.run(
            [*self._command("invoke"), "--event", str(event), logical_id],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        if done.returncode != 0:
            raise SamError(f"sam local invoke {logical_id} --event {event}:\n{done.stderr}")
        try:
            return json.loads(done.stdout)
        except ValueError:
            raise SamError(f"{logical_id} returned no JSON to {event}: {done.stdout}\n{done.stderr}") from None

    def start(self, command: str) -> "Local":
        """Starts `sam local start-api` or `start-lambda`, whose containers are kept for the next request."""
        port = free_port()
        return Local(
            [*self._command(command), "--warm-containers", "LAZY", "--port", str(port)],
            self._environment(),
            self.home / f"{command}.log",
            port,
        )

    def _command(self, name: str) -> list[str]:
        variables = self.home / "variables.json"
        variables.write_text(json.dumps({"Parameters": self.variables}))
        return [
            *("sam", "local", name),
            *("--template", str(self.template)),
            *("--invoke-image", self.image),
            "--skip-pull-image",
            *("--docker-network", self.network),
            *("--env-vars", str(variables)),
            *("--parameter-overrides", *(f"{key}={value}" for key, value in self.parameters.items())),
        ]

    def _environment(self) -> dict[str, str]:
        # A folder of its own, so that it neither reads nor writes the user's; it asks for a newer release once a week.
        folder = self.home / "sam"
        folder.mkdir(exist_ok=True)
        (folder / "metadata.json").write_text(
            json.dumps({"telemetryEnabled": False, "lastVersionCheck": time.time()})
        )
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_CLI_"))}
        return kept | {
            "__SAM_CLI_APP_DIR": str(folder),
            "SAM_CLI_TELEMETRY": "0",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.aws,
            # Handed to the containers.
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }


class Local:
    """A running `sam local start-api` or `start-lambda`."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path, port: int):
        self._log = log
        self.address = ("127.0.0.1", port)
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + 60
        while not Client(self.address).answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                self.stop()
                raise SamError(f"the SAM CLI did not start:\n{self.log()}")
            time.sleep(0.1)

    def log(self) -> str:
        """What the SAM CLI and the functions wrote."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """Ends it and its containers."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=10)
