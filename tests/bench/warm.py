"""Warm services, request by request: throughput, latency, CPU time, memory, statements."""

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import asked
from asked import Asked
from data import Data, hash_of, token
from figures import Figures, alternating
from place import FLOOR, SERVICE_CORE, Sizes
from services import Service, better_auth, latchkey

# Clients that keep a service busy, each with a connection of its own.
BUSY = 16
# Of the sessions that are there, so many are asked for.
_ASKED = 1000

_labels = (f"run{n}" for n in count())


@dataclass(frozen=True)
class Case:
    """One endpoint, and how it is asked."""

    name: str
    requests: Callable[[Service, Data], Iterable[Asked]]
    # Rows to be used up: about so many a second. Each request is then sent once.
    uses_up: int = 0


def _sign_outs(data: Data, number: int) -> Iterable[Asked]:
    label = next(_labels)
    data.add_sessions(label, number)
    return asked.sign_outs(label, number)


_SIGN_UP = Case("sign-up", lambda *_: asked.sign_ups(next(_labels), 4000), uses_up=1)
_SIGN_IN = Case("sign-in", lambda _, data: asked.sign_ins(data))


@dataclass(frozen=True)
class Group:
    """Cases under the same settings."""

    name: str
    cases: tuple[Case, ...]
    preset: str = "owasp"
    latchkey: dict[str, str] = field(default_factory=dict)
    better_auth: dict[str, str] = field(default_factory=dict)


def groups(sizes: Sizes) -> tuple[Group, ...]:
    """All that is measured."""
    number = int(20_000 * (sizes.secs + 0.2))
    return (
        Group(
            "",
            (
                Case("get-session", lambda *_: asked.get_sessions("live", _ASKED)),
                Case("list-sessions", lambda *_: asked.list_sessions("live", _ASKED)),
                Case("sign-out", lambda _, data: _sign_outs(data, number), uses_up=1),
                _SIGN_IN,
                _SIGN_UP,
            ),
        ),
        Group(
            "bearer",
            (Case("get-session", lambda *_: asked.get_sessions_by_bearer("live", _ASKED)),),
            better_auth={"BEARER": "1"},
        ),
        Group(
            "cookie cache",
            (Case("get-session", lambda service, _: asked.get_cached_sessions(service, "live", 50)),),
            latchkey={"COOKIE_CACHE": "compact"},
            better_auth={"COOKIE_CACHE": "1"},
        ),
        Group("asvs", (_SIGN_IN, _SIGN_UP), preset="asvs"),
        Group("scrypt", (_SIGN_IN, _SIGN_UP), preset="scrypt"),
    )


class Pair:
    """Both sides, each with a database of its own that holds the same."""

    def __init__(self, group: Group, sessions: int):
        self.data = {
            "Latchkey": Data(sessions, hash_of(group.preset)),
            "Better Auth": Data(sessions, hash_of("scrypt")),
        }
        self._group = group
        self.services: dict[str, Service] = {}

    def __enter__(self) -> "Pair":
        self.services["Latchkey"] = latchkey(self.data["Latchkey"], self._group.preset, **self._group.latchkey)
        self.services["Better Auth"] = better_auth(self.data["Better Auth"], **self._group.better_auth)
        return self

    def __exit__(self, *_: object) -> None:
        for service in self.services.values():
            service.stop()
        for data in self.data.values():
            data.drop()


def measure(sizes: Sizes, say: Callable[[str], None]) -> Figures:
    """All cases."""
    cases: list[Figures] = []
    memory: list[Figures] = []
    for group in groups(sizes):
        with Pair(group, sizes.few_sessions) as pair:
            at_start = {name: service.memory_mb()["now"] for name, service in pair.services.items()}
            for case in group.cases:
                figures = _case(case, pair, sizes)
                title = f"{case.name}, {group.name}" if group.name else case.name
                of_side = {side: figures["busy"][side]["perCpuSec"] for side in figures["busy"]}
                say(f"{title}: " + ", ".join(f"{side} {value:.0f} per CPU second" for side, value in of_side.items()))
                cases.append({"name": case.name, "group": group.name, "preset": group.preset} | figures)
            after = {name: service.memory_mb()["most"] for name, service in pair.services.items()}
            memory.append({"group": group.name, "preset": group.preset, "atStart": at_start, "most": after})
            if not group.name:
                floor = _floor(pair, sizes)
    _count_statements(cases, sizes)
    return {"cases": cases, "memory": memory, "floor": floor, "busyClients": BUSY}


def _case(case: Case, pair: Pair, sizes: Sizes) -> Figures:
    def run(side: str, connections: int, secs: float) -> Figures:
        service, data = pair.services[side], pair.data[side]
        return service.load(case.requests(service, data), connections, secs, once=case.uses_up > 0)

    for side in pair.services:
        run(side, BUSY, sizes.warm_up_secs)
    figures = {}
    # As many as keep the processor busy, for what a request costs; one alone, for how long it takes.
    for name, connections, secs in (("busy", BUSY, sizes.secs), ("alone", 1, sizes.secs / 2)):
        sides = {side: (lambda side=side: run(side, connections, secs)) for side in pair.services}
        figures[name] = alternating(sides, sizes.rounds)
    return figures


def _floor(pair: Pair, sizes: Sizes) -> Figures:
    """The statement of get-session alone, a plain join in its place, and HTTP alone."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as tokens:
        json.dump([token("live", n) for n in range(_ASKED)], tokens)
        tokens.flush()
        floors: Figures = {
            name: floor(name, pair.data["Latchkey"].url, tokens.name, str(sizes.secs))
            for name in ("statement", "select")
        }
    service = pair.services["Latchkey"]
    floors["health"] = {
        "busy": service.load(asked.health(), BUSY, sizes.secs),
        "alone": service.load(asked.health(), 1, sizes.secs),
    }
    return floors


def floor(*arguments: str) -> Figures:
    """What the program of the floors says, on the processor of the services."""
    command = ["taskset", "--cpu-list", str(SERVICE_CORE), FLOOR, *arguments]
    report: dict[str, Any] = json.loads(subprocess.check_output(command, text=True))
    return report


def _count_statements(cases: list[Figures], sizes: Sizes) -> None:
    """Adds to each case what the second of two requests runs."""
    remaining = iter(cases)
    for group in groups(sizes):
        pair = Pair(group, 50)
        for data in pair.data.values():
            data.log_statements()
        with pair:
            for case in group.cases:
                statements = {}
                for side, service in pair.services.items():
                    requests = iter(case.requests(service, pair.data[side]))
                    service.request(next(requests))
                    second = next(requests)
                    before = pair.data[side].logged()
                    service.request(second)
                    statements[side] = pair.data[side].logged() - before
                next(remaining)["statements"] = statements
