"""One bootstrap under AWS's Runtime Interface Emulator (RIE), which speaks Lambda's runtime API."""

import contextlib
import http.client
import importlib.util
import json
import os
import platform
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from answer import Answer
from events import Event
from ports import free_port

_INVOKE = "/2015-03-31/functions/function/invocations"
# Lines that RIE writes between the function's own.
_RIE_LINES = ("START RequestId: ", "END RequestId: ", "REPORT RequestId: ")
_RIE_PANIC = "panic: (*logrus.Entry)"


class FunctionError(Exception):
    """The function failed, where an answer was due: on AWS the caller would see a bare 500."""


def emulator() -> Path:
    """The emulator's program, which comes with AWS SAM."""
    machine = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
    package = importlib.util.find_spec("samcli")
    if package is None or package.origin is None:
        raise RuntimeError("aws-sam-cli is not installed; its package holds the emulator")
    name = f"aws-lambda-rie-{machine[platform.machine().lower()]}"
    return Path(package.origin).parent / "local" / "rapid" / name


class Function:
    """A Lambda function: one bootstrap, one instance, one invocation at a time.

    As on AWS its environment is what is given here and nothing of this process's own.
    """

    def __init__(self, bootstrap: Path, environment: dict[str, str], folder: Path, timeout_secs: int = 10):
        self.name = bootstrap.name
        self.timeout_secs = timeout_secs
        self._one_at_a_time = threading.Lock()
        self._seconds: list[float] = []
        folder.mkdir(parents=True)
        self._output = folder / "output.log"
        self._environment = {
            "PATH": os.environ["PATH"],
            "TZ": ":UTC",
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(timeout_secs),
        } | environment
        self._start(bootstrap, folder)

    def _start(self, bootstrap: Path, folder: Path) -> None:
        # Between finding a port free and taking it somebody else may take it, hence a few tries.
        for _ in range(5):
            self._port, runtime_port = free_port(), free_port()
            with self._output.open("wb") as output:
                self._process = subprocess.Popen(
                    [
                        emulator(),
                        *("--log-level", "error"),
                        *("--runtime-interface-emulator-address", f"127.0.0.1:{self._port}"),
                        *("--runtime-api-address", f"127.0.0.1:{runtime_port}"),
                        bootstrap,
                    ],
                    env=self._environment,
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
            if self._listens() and self._stays():
                return
            self.stop()
        raise RuntimeError(f"the emulator did not start:\n{self.output()}")

    def _listens(self) -> bool:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and self._process.poll() is None:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
            try:
                connection.connect()
                return True
            except OSError:
                time.sleep(0.005)
            finally:
                connection.close()
        return False

    def _stays(self) -> bool:
        """RIE listens for us first, and ends itself when it then finds its other port taken."""
        try:
            self._process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            return True
        return False

    def invoke_raw(self, payload: Any) -> tuple[int, str, float]:
        """Invokes with any JSON value. Gives RIE's status, what the function returned, and the seconds."""
        with self._one_at_a_time:
            # A function that is out of time is RIE's to end, not ours.
            timeout = self.timeout_secs + 20
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=timeout)
            started = time.monotonic()
            try:
                connection.request("POST", _INVOKE, json.dumps(payload, ensure_ascii=False).encode())
                response = connection.getresponse()
                text = response.read().decode()
            finally:
                connection.close()
            seconds = time.monotonic() - started
            self._seconds.append(seconds)
            return response.status, text, seconds

    def result(self, payload: Any) -> Any:
        """What the function returned, read as JSON. Raises FunctionError if it failed instead."""
        status, text, _ = self.invoke_raw(payload)
        return self._checked(status, text)

    def answer(self, event: Event) -> Answer:
        """The HTTP answer to an event. Raises FunctionError if there is none."""
        event.mark()
        status, text, seconds = self.invoke_raw(event.payload)
        payload = self._checked(status, text)
        if not isinstance(payload, dict) or not isinstance(payload.get("statusCode"), int):
            raise FunctionError(f"{self.name} returned no HTTP answer: {text}")
        answer = Answer(payload, seconds)
        answer.mark()
        return answer

    def _checked(self, status: int, text: str) -> Any:
        try:
            returned = json.loads(text)
        except ValueError:
            returned = None
        failed = isinstance(returned, dict) and "errorMessage" in returned
        if status != 200 or failed or (returned is None and text != "null"):
            last_lines = "\n".join(self.output().splitlines()[-12:])
            raise FunctionError(f"{self.name} failed ({status}): {text}\n{last_lines}")
        return returned

    def refuses_to_start(self, payload: Any) -> str:
        """Expects the start to fail, and gives what the function wrote."""
        try:
            status, text, _ = self.invoke_raw(payload)
        except (http.client.RemoteDisconnected, ConnectionResetError):
            # Now and then RIE ends itself over a runtime that ends at once.
            assert _RIE_PANIC in self.output(), self.output()
            return self.log()
        # RIE reports a runtime that ended, or called for help, before it asked for work as 502.
        assert status == 502, f"{self.name} started: {status} {text}\n{self.output()}"
        return self.log()

    def output(self) -> str:
        """All that function and emulator wrote so far."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    def log(self) -> str:
        """What the function wrote so far, to stdout and stderr."""
        # What follows is the emulator's last word.
        lines = self.output().partition(_RIE_PANIC)[0].splitlines()
        return "\n".join(line for line in lines if not line.startswith(_RIE_LINES) and "(rapid)" not in line)

    def log_lines(self) -> list[dict[str, Any]]:
        """The same, each line read as JSON, without the metrics."""
        return [line for line in self._lines() if "_aws" not in line]

    def metric_lines(self) -> list[dict[str, Any]]:
        """The lines of it that CloudWatch makes metrics of."""
        return [line for line in self._lines() if "_aws" in line]

    def audit_events(self) -> list[dict[str, Any]]:
        """The lines of it that are audit events."""
        return [line for line in self._lines() if "audit" in line]

    def _lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log().splitlines() if line]

    @property
    def cold_secs(self) -> float | None:
        """How long the first answer took, the start included."""
        return self._seconds[0] if self._seconds else None

    @property
    def warm_secs(self) -> float | None:
        """How long the quickest of the later answers took."""
        return min(self._seconds[1:], default=None)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Meanwhile the function does not run, as between two invocations on AWS."""
        children = self._children()
        for child in children:
            os.kill(child, signal.SIGSTOP)
        try:
            yield
        finally:
            for child in children:
                os.kill(child, signal.SIGCONT)

    def stop(self) -> None:
        """Ends emulator and function."""
        if self._process.poll() is None:
            # Neither has anything to finish. The function first: it would complain of a lost emulator.
            for child in self._children():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            self._process.kill()
            self._process.wait()

    def _children(self) -> list[int]:
        # RIE puts the bootstrap into a process group of its own, so ours does not reach it.
        pid = self._process.pid
        found: list[int] = []
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            with contextlib.suppress(FileNotFoundError):
                found += [int(child) for child in children.read_text().split()]
        return found
