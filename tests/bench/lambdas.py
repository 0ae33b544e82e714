"""Functions under AWS's Runtime Interface Emulator: start, warm requests, memory, size.

Secrets on loopback, Postgres by TLS and SCRAM. Function and emulator share a processor; the share of it that a memory
size buys is set for the function alone, by the kernel's control groups.
"""

import io
import json
import os
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from data import PASSWORD, SECRET, Data, cookie, hash_of, token
from emulator import Function
from events import get_session, sign_in
from figures import Figures
from place import HERE, LAMBDAS, OTHER_CORES, SERVICE_CORE, Sizes
from secrets_manager import SecretsManager
from services import memory_mb
from tls_server import TlsServer

# What buys one whole processor.
WHOLE_MB = 1769
# What template.yaml chooses.
READER_MB = 256
_ORIGIN = "https://auth.example.com"
_PERIOD_US = 20_000


def measure(sizes: Sizes, say: Callable[[str], None]) -> Figures:
    """All functions, in turn."""
    with TemporaryDirectory(prefix="latchkey-bench-") as folder:
        home = Path(folder)
        bundle = _bundle(home)
        server, store = TlsServer(), SecretsManager()
        data = {"Latchkey": Data(100, hash_of("owasp"), server.url), "Better Auth": Data(100, hash_of("scrypt"), server.url)}
        environments = {side: _environment(store, server, of_side) for side, of_side in data.items()}
        shares = [WHOLE_MB] + ([READER_MB] if _Share.works() else [])
        events = {
            "get-session": get_session(cookie(token("live", 1), "__Secure-")).payload,
            "sign-in": sign_in("user1@example.com", PASSWORD).headers({"origin": _ORIGIN}).payload,
        }
        programs = {
            ("hello-world", "get-session"): (LAMBDAS / "hello-world" / "bootstrap", {}),
            ("Latchkey", "get-session"): (LAMBDAS / "get-session" / "bootstrap", environments["Latchkey"]),
            ("Better Auth", "get-session"): (bundle, environments["Better Auth"]),
            ("Latchkey", "sign-in"): (LAMBDAS / "sign-in-email" / "bootstrap", environments["Latchkey"]),
            ("Better Auth", "sign-in"): (bundle, environments["Better Auth"]),
        }
        rows = []
        try:
            for memory_mb_ in shares:
                asked = {key: it for key, it in programs.items() if memory_mb_ == WHOLE_MB or key[1] == "get-session"}
                rows += _in_turns(asked, events, memory_mb_, sizes, home, say)
        finally:
            for of_side in data.values():
                of_side.drop()
            store.stop()
            server.stop()
        zips = {
            "get-session": _zipped([LAMBDAS / "get-session" / "bootstrap"]),
            "sign-in": _zipped([LAMBDAS / "sign-in-email" / "bootstrap"]),
            "hello-world": _zipped([LAMBDAS / "hello-world" / "bootstrap"]),
            "Better Auth": _zipped([bundle, bundle.parent / "index.mjs"]),
        }
    return {"rows": rows, "zipMb": zips, "shares": len(shares) > 1, "wholeMb": WHOLE_MB, "readerMb": READER_MB}


def _in_turns(
    programs: dict[tuple[str, str], tuple[Path, dict[str, str]]],
    events: dict[str, Any],
    of_memory: int,
    sizes: Sizes,
    home: Path,
    say: Callable[[str], None],
) -> list[Figures]:
    runs: dict[tuple[str, str], list[Figures]] = {key: [] for key in programs}
    for n in range(sizes.starts):
        for (side, endpoint), (program, environment) in programs.items():
            folder = home / f"{side}-{endpoint}-{of_memory}-{n}".replace(" ", "-")
            # Warm requests of the last start alone: they take their time.
            warm = sizes.invocations if n == sizes.starts - 1 else 0
            warm = warm // 4 if endpoint == "sign-in" else warm
            run = _run(program, environment, events[endpoint], of_memory, warm, folder)
            runs[side, endpoint].append(run)
    rows = []
    for (side, endpoint), of_key in runs.items():
        last = of_key[-1]
        start_ms = median(run["startMs"] for run in of_key)
        rows.append(last | {"side": side, "endpoint": endpoint, "memoryMb": of_memory, "startMs": start_ms})
        say(f"{side}, {endpoint}, {of_memory} MB: start {start_ms:.1f} ms, warm {last['warmMs']:.2f} ms, {last['mostMb']:.0f} MB")
    return rows


def _run(
    program: Path, environment: dict[str, str], event: Any, of_memory: int, warm: int, folder: Path
) -> Figures:
    share = _Share(of_memory) if of_memory < WHOLE_MB else None
    bootstrap = share.wrapped(program, folder) if share else program
    with _on_service_core():
        function = Function(bootstrap, environment, folder, timeout_secs=60)
    try:
        _answered(function, event)
        start_ms = 1000 * (function.cold_secs or 0)
        (pid,) = function._children()
        start_cpu = _cpu_secs(pid)
        taken = [1000 * _answered(function, event) for _ in range(warm)]
        used = _cpu_secs(pid) - start_cpu
        taken.sort()
        return {
            "startMs": start_ms,
            "startCpuMs": 1000 * start_cpu,
            "warmMs": median(taken) if taken else None,
            "warmP99Ms": taken[(len(taken) - 1) * 99 // 100] if taken else None,
            "warmCpuMs": 1000 * used / warm if warm else None,
            "mostMb": memory_mb(pid)["most"],
        }
    finally:
        function.stop()
        if share:
            share.remove()


def _cpu_secs(pid: int) -> float:
    """What its threads have used: finer than the ticks of /proc/PID/stat, and none of them has ended yet."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def _answered(function: Function, event: Any) -> float:
    _, text, seconds = function.invoke_raw(event)
    answer = json.loads(text)
    # The bare program answers with a text that says hello.
    body = answer.get("body") or ""
    if answer.get("statusCode") != 200 or not ("hello" in body or '"user"' in body):
        raise RuntimeError(f"{function.name}: {text}\n{function.output()[-2000:]}")
    return seconds


@contextmanager
def _on_service_core() -> Iterator[None]:
    """What is started meanwhile runs on the processor of the services."""
    os.sched_setaffinity(0, {SERVICE_CORE})
    try:
        yield
    finally:
        os.sched_setaffinity(0, OTHER_CORES)


class _Share:
    """The part of a processor that a memory size buys."""

    _V1, _V2 = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")

    def __init__(self, of_memory: int):
        quota = round(_PERIOD_US * of_memory / WHOLE_MB)
        is_v1 = (self._V1 / "cpu.cfs_quota_us").exists()
        self._group = (self._V1 if is_v1 else self._V2) / f"latchkey-bench-{os.getpid()}"
        self._group.mkdir()
        if is_v1:
            (self._group / "cpu.cfs_period_us").write_text(str(_PERIOD_US))
            (self._group / "cpu.cfs_quota_us").write_text(str(quota))
        else:
            (self._group / "cpu.max").write_text(f"{quota} {_PERIOD_US}")

    @classmethod
    def works(cls) -> bool:
        """Whether this machine lets us."""
        try:
            cls(READER_MB).remove()
        except OSError:
            return False
        return True

    def wrapped(self, program: Path, folder: Path) -> Path:
        """A bootstrap that enters the group and becomes the program."""
        wrapper = folder.parent / f"{folder.name}.sh"
        wrapper.write_text(f'#!/bin/sh\necho $$ > {self._group}/cgroup.procs\nexec "{program}"\n')
        wrapper.chmod(0o755)
        return wrapper

    def remove(self) -> None:
        """Ends it, once those in it have ended."""
        for _ in range(100):
            try:
                self._group.rmdir()
                return
            except OSError:
                time.sleep(0.02)


def _bundle(home: Path) -> Path:
    """Better Auth as one file, and the bootstrap that runs it."""
    folder = home / "bundle"
    require = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);'
    subprocess.run(
        [
            HERE / "node_modules" / ".bin" / "esbuild",
            HERE / "better-auth" / "lambda.mjs",
            *("--bundle", "--minify", "--platform=node", "--target=node20", "--format=esm", "--external:pg-native"),
            *("--log-level=warning", f"--outfile={folder / 'index.mjs'}", f"--banner:js={require}"),
        ],
        check=True,
    )
    bootstrap = folder / "bootstrap"
    node = shutil.which("node")
    bootstrap.write_text(f'#!/bin/sh\nexec "{node}" "{folder / "index.mjs"}"\n')
    bootstrap.chmod(0o755)
    return bootstrap


def _environment(store: SecretsManager, server: TlsServer, data: Data) -> dict[str, str]:
    url = data.url.replace("127.0.0.1", "localhost") + "?sslmode=verify-full"
    return {
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "AKIDBENCH",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{store.address[1]}",
        "BETTER_AUTH_SECRET_ARN": store.put(f"{data.name}/signing", SECRET),
        "DATABASE_URL_ARN": store.put(f"{data.name}/database", url),
        "DATABASE_CA": server.ca,
        "PUBLIC_URL": _ORIGIN,
        "RATE_LIMIT_ENABLED": "false",
        "PASSWORD_HASH": "owasp",
        "NODE_ENV": "production",
    }


def _zipped(files: list[Path]) -> float:
    """How large a zip of them is, in MB of 10^6 bytes, as gateways and consoles count."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in files:
            archive.write(file, file.name)
    return len(buffer.getvalue()) / 1e6
