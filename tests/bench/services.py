"""The two services, each on one processor of its own, and the load that is put on them."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from data import ORIGIN, SECRET, Data
from place import HERE, LATCHKEY, LOAD, SERVICE_CORE
from ports import free_port

_TICKS = os.sysconf("SC_CLK_TCK")
_START_SECS = 30


class Service:
    """A process that serves, and what it has used so far."""

    def __init__(self, name: str, command: list[str | Path], environment: dict[str, str], ready: str):
        self.name = name
        self.port = free_port()
        self._folder = tempfile.TemporaryDirectory(prefix="latchkey-bench-")
        self._output = Path(self._folder.name) / "output.log"
        environment = {
            "PATH": os.environ["PATH"],
            "NODE_ENV": "production",
            "BETTER_AUTH_SECRET": SECRET,
            "PUBLIC_URL": ORIGIN,
            "CORS_ORIGIN": "http://localhost:3000",
        } | environment
        environment |= {"PORT": str(self.port), "AUTH_PORT": str(self.port)}
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                ["taskset", "--cpu-list", str(SERVICE_CORE), *command],
                cwd=self._folder.name,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + _START_SECS
        while ready not in self._output.read_text(errors="replace"):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{name} does not start:\n{self._output.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)

    @property
    def pid(self) -> int:
        """Of its one process: taskset has become the service."""
        return self._process.pid

    def cpu_secs(self) -> float:
        """What it has used, all threads, those that ended included."""
        return cpu_secs(self.pid)

    def memory_mb(self) -> dict[str, float]:
        """What is resident, now and at most."""
        return memory_mb(self.pid)

    def request(self, request: dict[str, Any]) -> tuple[str, list[str]]:
        """One request: the body of the answer, and the cookies that it sets."""
        body = request.get("body")
        sent = Request(
            f"http://127.0.0.1:{self.port}{request['path']}",
            data=body.encode() if body else (b"" if request["method"] == "POST" else None),
            headers=request["headers"],
            method=request["method"],
        )
        with urlopen(sent, timeout=30) as answer:
            return answer.read().decode(), answer.headers.get_all("set-cookie") or []

    def load(
        self,
        requests: Iterable[dict[str, Any]],
        connections: int,
        secs: float,
        once: bool = False,
        bears_errors: bool = False,
    ) -> dict[str, Any]:
        """Puts load on it: what the generator says, with what the service has used meanwhile."""
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(list(requests), file)
            file.flush()
            command: list[str | Path] = [LOAD, f"127.0.0.1:{self.port}", file.name, str(connections), str(secs)]
            before = self.cpu_secs()
            output = subprocess.check_output([*command, *(["once"] if once else [])], text=True)
            used = self.cpu_secs() - before
        report: dict[str, Any] = json.loads(output)
        count = report["microseconds"]["count"]
        if not count or (report["errors"] and not bears_errors):
            raise RuntimeError(f"{self.name}: {report}\n{self._output.read_text(errors='replace')[-2000:]}")
        return report | {
            "perSec": count / report["seconds"],
            "cpuMs": 1000 * used / count,
            "perCpuSec": count / used if used else None,
            "busy": used / report["seconds"],
            "loadBusy": report["cpuSeconds"] / report["seconds"],
        }

    def stop(self) -> None:
        """Ends it."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()


def cpu_secs(pid: int) -> float:
    """User and system time of a process."""
    # What follows the name, which may hold anything, begins with the third field.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory_mb(pid: int) -> dict[str, float]:
    """Resident memory of a process, now and at most, in MB of 2^20 bytes."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    kib = {name: int(lines[name].split()[0]) for name in ("VmRSS", "VmHWM")}
    return {"now": kib["VmRSS"] / 1024, "most": kib["VmHWM"] / 1024}


def latchkey(data: Data, preset: str = "owasp", **settings: str) -> Service:
    """The local server."""
    environment = {
        "DATABASE_URL": data.url,
        "HOST": "127.0.0.1",
        "MAIL_TRANSPORT": "none",
        "RATE_LIMIT_ENABLED": "false",
        "PASSWORD_HASH": preset,
    }
    return Service("Latchkey", [LATCHKEY], environment | settings, "Latchkey listens on")


def better_auth(data: Data, **settings: str) -> Service:
    """Better Auth behind Express."""
    command: list[str | Path] = ["node", HERE / "better-auth" / "server.mjs"]
    return Service("Better Auth", command, {"DATABASE_URL": data.url} | settings, "listening")
