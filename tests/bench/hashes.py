"""Hashes alone: this implementation, the reference in C, and Node's scrypt."""

import ctypes
import json
import multiprocessing
import os
import resource
import subprocess
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from statistics import median

from data import PRESETS, libargon2
from figures import Figures
from place import HERE, SERVICE_CORE, Sizes
from warm import floor

_SALT, _PASSWORD = b"0123456789abcdef", b"correct horse battery"
# What a run at a time holds: so many before the other side's turn.
_ROUNDS = 3


def measure(sizes: Sizes, say: Callable[[str], None]) -> list[Figures]:
    """A row for each preset."""
    rows: list[Figures] = []
    for preset, (memory_kib, passes) in PRESETS.items():
        cost = [str(memory_kib), str(passes), str(sizes.hashes)]
        rows.append(
            {"preset": preset, "mib": memory_kib / 1024}
            | _in_turns(
                {
                    "service": lambda preset=preset: floor("password", preset, str(sizes.hashes)),
                    "fresh": lambda cost=cost: floor("hash", *cost),
                    "reused": lambda cost=cost: floor("hash", *cost, "reused"),
                    "reference": lambda m=memory_kib, t=passes: _apart(_reference, m, t, sizes.hashes),
                }
            )
        )
    rows.append(
        {"preset": "scrypt", "mib": 32}
        | _in_turns(
            {
                "service": lambda: floor("password", "scrypt", str(sizes.hashes)),
                "reference": lambda: _node(sizes.hashes),
            }
        )
    )
    for row in rows:
        say(f"{row['preset']}: " + ", ".join(f"{name} {row[name]['ms']:.1f} ms" for name in row if isinstance(row[name], dict)))
    return rows


def _in_turns(sides: dict[str, Callable[[], Figures]]) -> Figures:
    runs: dict[str, list[Figures]] = {name: [] for name in sides}
    for _ in range(_ROUNDS):
        for name, run in sides.items():
            runs[name].append(run())
    keys = {bytes(run["key"]) for of_side in runs.values() for run in of_side if "key" in run}
    if len(keys) > 1:
        raise RuntimeError(f"two implementations compute different keys: {keys}")
    return {name: _row(of_side) for name, of_side in runs.items()}


def _row(runs: list[Figures]) -> Figures:
    count = runs[0]["microseconds"]["count"]
    return {
        "ms": median(run["microseconds"]["p50"] for run in runs) / 1000,
        "cpuMs": median(1000 * run["cpuSeconds"] / count for run in runs),
        "memoryMb": max((run["memoryMb"] for run in runs if "memoryMb" in run), default=None),
    }


def _node(times: int) -> Figures:
    command = ["taskset", "--cpu-list", str(SERVICE_CORE), "node", HERE / "better-auth" / "scrypt.mjs", str(times)]
    report: Figures = json.loads(subprocess.check_output(command, text=True))
    return report


def _reference(memory_kib: int, passes: int, times: int) -> Figures:
    """libargon2, called as a service would: one hash after the other, memory of its own each time."""
    hash_raw = libargon2().argon2id_hash_raw
    key = ctypes.create_string_buffer(32)
    microseconds = []
    before = time.process_time()
    for _ in range(times):
        started = time.perf_counter()
        failed = hash_raw(passes, memory_kib, 1, _PASSWORD, len(_PASSWORD), _SALT, len(_SALT), key, 32)
        microseconds.append((time.perf_counter() - started) * 1e6)
        if failed:
            raise RuntimeError(f"libargon2: {failed}")
    return {
        "cpuSeconds": time.process_time() - before,
        "microseconds": {"count": times, "p50": round(median(microseconds))},
        "memoryMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "key": list(key.raw),
    }


def _apart(work: Callable[..., Figures], *arguments: int) -> Figures:
    """In a process of its own, on the processor of the services."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_report, args=(theirs, work, arguments))
    process.start()
    theirs.close()
    report: Figures = ours.recv()
    process.join()
    return report


def _report(pipe: Connection, work: Callable[..., Figures], arguments: tuple[int, ...]) -> None:
    os.sched_setaffinity(0, {SERVICE_CORE})
    pipe.send(work(*arguments))
