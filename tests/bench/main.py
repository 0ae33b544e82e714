r"""`make bench`: measures, and writes docs/PERFORMANCE.md. tests/run starts it; by hand, with the programs built:

    BENCH_PROGRAMS=target/release LATCHKEY_BOOTSTRAPS=target/bench/lambda taskset --cpu-list 1 \
      tests/with-postgres python3 tests/bench/main.py [--quick] [SECTION…]

Sections that are not named keep the figures they have. `--report` measures nothing.
"""

import argparse
import dataclasses
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import place  # Sets the path of the rest.
import growth
import hashes
import lambdas
import machine
import report
import warm
from figures import Figures
from place import DOCS, FULL, OTHER_CORES, QUICK, Sizes

SECTIONS: dict[str, Callable[[Sizes, Callable[[str], None]], object]] = {
    "hashes": hashes.measure,
    "lambda": lambdas.measure,
    "warm": warm.measure,
    "rows": growth.rows,
    "clean-up": growth.clean_up,
    "clients": growth.clients,
    "soak": growth.soak,
}


def main() -> None:
    """Measures what is named, or all, and writes the report."""
    parser = argparse.ArgumentParser(description="Measures Latchkey and Better Auth side by side")
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that the programs work, no more")
    parser.add_argument("--soak-secs", type=float, help="how long the soak lasts")
    parser.add_argument("--report", action="store_true", help="write the report from what was measured")
    parser.add_argument("--out", type=Path, default=DOCS, help="the folder of PERFORMANCE.md")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    options = parser.parse_args()
    unknown = set(options.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"no section {', '.join(sorted(unknown))}")

    options.out.mkdir(parents=True, exist_ok=True)
    file = options.out / "performance.json"
    results: Figures = json.loads(file.read_text()) if file.exists() else {}
    if not options.report:
        sizes = QUICK if options.quick else FULL
        if options.soak_secs:
            sizes = dataclasses.replace(sizes, soak_secs=options.soak_secs)
        _measure(results, options.sections or list(SECTIONS), sizes, options.quick)
        file.write_text(json.dumps(_rounded(results), indent=1) + "\n")
    report.write(_rounded(results), options.out)


def _measure(results: Figures, sections: list[str], sizes: Sizes, is_quick: bool) -> None:
    os.sched_setaffinity(0, OTHER_CORES)
    if place.SERVICE_CORE in OTHER_CORES:
        print("one processor alone: service and load share it, and the figures say little", file=sys.stderr)
    results["machine"] = machine.describe() | {"quick": is_quick}
    for section in sections:
        began = time.monotonic()
        print(f"-- {section}", flush=True)
        results[section] = SECTIONS[section](sizes, lambda line: print(f"   {line}", flush=True))
        print(f"-- {section} {time.monotonic() - began:.0f} s", flush=True)


def _rounded(value: object) -> object:
    """Four digits are more than is known."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: _rounded(of_key) for key, of_key in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value


main()
