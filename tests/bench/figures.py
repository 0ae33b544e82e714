"""Figures of several runs as one."""

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

Figures = dict[str, Any]

_KEPT = ("perSec", "cpuMs", "perCpuSec", "busy", "loadBusy")


def middle(runs: Sequence[Figures]) -> Figures:
    """The median of each figure, and how far the runs lie apart."""
    of_load = {name: median(run[name] for run in runs if run[name] is not None) for name in _KEPT}
    times = {name: median(run["microseconds"][name] for run in runs) for name in ("p50", "p99")}
    per_sec = [run["perSec"] for run in runs]
    apart = (max(per_sec) - min(per_sec)) / median(per_sec)
    return of_load | times | {"runs": len(runs), "apart": apart, "errors": sum(run["errors"] for run in runs)}


def alternating(sides: dict[str, Callable[[], Figures]], rounds: int) -> dict[str, Figures]:
    """Runs the sides in turn, A B A B, so that what the machine does meanwhile meets both."""
    runs: dict[str, list[Figures]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, run in sides.items():
            runs[name].append(run())
    return {name: middle(of_side) for name, of_side in runs.items()}
