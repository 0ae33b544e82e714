"""With more rows, more clients and more time."""

import json
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import asked
from data import Data, hash_of
from figures import Figures, alternating
from place import FLOOR, Sizes
from services import Service, better_auth, latchkey
from warm import BUSY

# Of all the sessions there are, so many are asked for: from all over the table.
_ASKED = 5000
_SIGN_IN_CLIENTS = 4


def rows(sizes: Sizes, say: Callable[[str], None]) -> Figures:
    """get-session and sign-in beside few sessions and many, in turn."""
    counts = {"few": sizes.few_sessions, "many": sizes.many_sessions}
    data = {name: Data(count, hash_of("owasp")) for name, count in counts.items()}
    services = {name: latchkey(of_name) for name, of_name in data.items()}

    def get_session(name: str, connections: int) -> Figures:
        number = min(_ASKED, counts[name])
        requests = asked.get_sessions("live", number, counts[name] // number)
        return services[name].load(requests, connections, sizes.secs)

    def sign_in(name: str, connections: int) -> Figures:
        return services[name].load(asked.sign_ins(data[name], 1000), connections, sizes.secs)

    report: Figures = {"sessions": counts}
    for endpoint, run in (("get-session", get_session), ("sign-in", sign_in)):
        for name in services:
            run(name, BUSY)
        for load, connections in (("busy", BUSY), ("alone", 1)):
            sides = {name: (lambda name=name: run(name, connections)) for name in services}
            report.setdefault(endpoint, {})[load] = alternating(sides, sizes.rounds)
        alone = report[endpoint]["alone"]
        say(f"{endpoint}, few and many sessions: p50 {alone['few']['p50']:.0f} and {alone['many']['p50']:.0f} µs")
    for name, service in services.items():
        service.stop()
        data[name].drop()
    return report


def clean_up(sizes: Sizes, say: Callable[[str], None]) -> Figures:
    """Sign-ins with and without a clean-up at work."""
    data = Data(sizes.few_sessions, hash_of("owasp"))
    service = latchkey(data)

    def sign_ins(secs: float) -> Figures:
        return service.load(asked.sign_ins(data), _SIGN_IN_CLIENTS, secs)

    sign_ins(sizes.warm_up_secs)
    # How long a clean-up takes is how long sign-ins are looked at.
    secs = max(_expire(data, sizes, "first").report()["seconds"], sizes.secs)
    without, along, cleaned = [], [], []
    for n in range(sizes.rounds):
        without.append(sign_ins(secs))
        cleaning = _expire(data, sizes, f"expired{n}")
        along.append(sign_ins(secs))
        cleaned.append(cleaning.report())
    per_sec = sum(run["deleted"]["session"] for run in cleaned) / sum(run["seconds"] for run in cleaned)
    service.stop()
    data.drop()
    sides = {"without": without, "with": along}
    times = {at: {name: median(run["microseconds"][at] for run in runs) for name, runs in sides.items()} for at in ("p50", "p99")}
    p99 = times["p99"]
    say(f"clean-up: {per_sec:.0f} rows a second; sign-in's p99 {p99['without'] / 1000:.0f} ms, {p99['with'] / 1000:.0f} ms beside it")
    return {"clients": _SIGN_IN_CLIENTS, "expired": sizes.expired_sessions, "perSec": per_sec} | times


def _expire(data: Data, sizes: Sizes, label: str) -> "_CleanUp":
    """Adds sessions that have ended, and begins to clean up."""
    data.add_sessions(label, sizes.expired_sessions, ends_in="-1 day")
    data.settle()
    return _CleanUp(data.url)


class _CleanUp:
    """The function `cleanup`, in a process of its own."""

    def __init__(self, url: str):
        self._process = subprocess.Popen([FLOOR, "clean-up", url], stdout=subprocess.PIPE, text=True)

    def report(self) -> Figures:
        output, _ = self._process.communicate()
        report: dict[str, Any] = json.loads(output)
        if not report["deleted"]["complete"]:
            raise RuntimeError(f"clean-up left something: {report}")
        return report


def clients(sizes: Sizes, say: Callable[[str], None]) -> list[Figures]:
    """get-session by more and more clients."""
    data = {name: Data(sizes.few_sessions, hash_of("scrypt")) for name in ("Latchkey", "Better Auth")}
    services = {"Latchkey": latchkey(data["Latchkey"], "scrypt"), "Better Auth": better_auth(data["Better Auth"])}

    def run(side: str, number: int, secs: float) -> Figures:
        requests = asked.get_sessions("live", 1000)
        return services[side].load(requests, number, secs, bears_errors=True)

    for side in services:
        run(side, BUSY, sizes.warm_up_secs)
    report = []
    for number in sizes.clients:
        sides = {side: (lambda side=side: run(side, number, sizes.secs)) for side in services}
        report.append({"clients": number} | alternating(sides, sizes.rounds))
        p99 = {side: report[-1][side]["p99"] / 1000 for side in services}
        say(f"{number} clients: p99 " + ", ".join(f"{side} {ms:.1f} ms" for side, ms in p99.items()))
    for name, service in services.items():
        service.stop()
        data[name].drop()
    return report


def soak(sizes: Sizes, say: Callable[[str], None]) -> Figures:
    """Readers and sign-ins for a while, with a look at memory and connections every so often."""
    data = Data(sizes.few_sessions, hash_of("owasp"))
    service = latchkey(data)
    samples: list[Figures] = []
    done = threading.Event()
    every = max(sizes.soak_secs / 150, 0.2)

    def watch() -> None:
        started = time.monotonic()
        while not done.wait(every):
            samples.append(
                {
                    "secs": time.monotonic() - started,
                    "memoryMb": service.memory_mb()["now"],
                    "connections": data.connections(),
                    "files": len(list(Path(f"/proc/{service.pid}/fd").iterdir())),
                }
            )

    watcher = threading.Thread(target=watch)
    watcher.start()
    run = _soaked(service, data, sizes.soak_secs)
    done.set()
    watcher.join()
    service.stop()
    data.drop()
    half = [sample["memoryMb"] for sample in samples[len(samples) // 2 :]]
    third = len(half) // 3 or 1
    growth = median(half[-third:]) / median(half[:third])
    say(f"soak: {run['microseconds']['count']} requests, memory of the second half × {growth:.3f}")
    return {"run": run, "samples": samples, "growth": growth}


def _soaked(service: Service, data: Data, secs: float) -> Figures:
    readers = list(asked.get_sessions("live", 1000))
    sign_ins = list(asked.sign_ins(data))
    # A sign-in for each nineteen readers.
    mixed = [sign_ins[n // 20 % len(sign_ins)] if n % 20 == 0 else readers[n % len(readers)] for n in range(4000)]
    return service.load(mixed, BUSY, secs)
