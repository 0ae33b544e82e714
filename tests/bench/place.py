"""Where things are, on which processors they run, and how long a run of them may be."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DOCS = ROOT / "docs"
# The emulator, Secrets Manager and the TLS server are those of the Lambda tests.
sys.path.insert(0, str(ROOT / "tests" / "lambda"))

# The service alone; and load, Postgres and this program together, as they were started.
SERVICE_CORE = 0
OTHER_CORES = os.sched_getaffinity(0)

_PROGRAMS = Path(os.environ["BENCH_PROGRAMS"])
LATCHKEY = _PROGRAMS / "latchkey"
LOAD = _PROGRAMS / "load"
FLOOR = _PROGRAMS / "floor"
LAMBDAS = Path(os.environ["LATCHKEY_BOOTSTRAPS"])


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    # Of load, in one run, and how many runs each side has.
    secs: float
    rounds: int
    warm_up_secs: float
    # Of a Lambda.
    starts: int
    invocations: int
    hashes: int
    # Rows.
    few_sessions: int
    many_sessions: int
    expired_sessions: int
    clients: tuple[int, ...]
    soak_secs: float


FULL = Sizes(
    secs=3,
    rounds=3,
    warm_up_secs=3,
    starts=10,
    invocations=300,
    hashes=30,
    few_sessions=10_000,
    many_sessions=1_000_000,
    expired_sessions=200_000,
    clients=(1, 10, 100, 1000),
    soak_secs=300,
)
QUICK = Sizes(
    secs=0.5,
    rounds=1,
    warm_up_secs=0.5,
    starts=2,
    invocations=20,
    hashes=3,
    few_sessions=1000,
    many_sessions=10_000,
    expired_sessions=3000,
    clients=(1, 100),
    soak_secs=6,
)
