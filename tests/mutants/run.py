"""Changes the security-critical files of `shared` one place at a time, and sees whether a test notices.

    tests/mutants/run.py                       all of CRITICAL, into docs/MUTANTS.md
    tests/mutants/run.py shared/src/token.rs   some files; of the others what an earlier run has found stays
    tests/mutants/run.py --report              writes the report anew from what is there

tests/run starts it with a pinned cargo-mutants. What was found lies in target/mutants, a folder a file; a file that has
not changed since is not run again. It never fails for a survivor: the report is for people.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "shared" / "src"
FOUND = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "mutants"
REPORT = ROOT / "docs" / "MUTANTS.md"

# Whoever breaks one of these breaks a promise to users.
CRITICAL = (
    "token.rs",
    "verification.rs",
    "keys.rs",
    "keys/**/*.rs",
    "session_cache.rs",
    "session_cache/*.rs",
    "cookies.rs",
    "cookies/*.rs",
    "origin.rs",
    "origin/*.rs",
    "client.rs",
    "client/*.rs",
    "email.rs",
    "body.rs",
    "base_url.rs",
    "glob.rs",
    "password.rs",
    "password/*.rs",
    "rate_limit.rs",
    "session.rs",
    "session/*.rs",
)
# Their guards are reached through the database: the tests of the API would see these mutants, the ones of `shared` do not.
THROUGH_THE_API = ("rate_limit.rs", "session.rs", "session/cookies.rs")
# Whose tests look at a mutant, in this order.
PACKAGES = ("shared", "properties")
# A mutant that hangs is noticed; a slow machine is not to be taken for one.
TIMEOUT_SECS = 120


def critical_files() -> list[str]:
    files = dict.fromkeys(path for pattern in CRITICAL for path in sorted(SOURCES.glob(pattern)))
    return [str(path.relative_to(ROOT)) for path in files if "tests" not in path.parts[-2:] and path.name != "tests.rs"]


def folder(file: str) -> Path:
    return FOUND / file.removeprefix("shared/src/").replace("/", "+")


def digest(file: str) -> str:
    return hashlib.sha256((ROOT / file).read_bytes()).hexdigest()


def run(file: str) -> None:
    """Every mutant of a file by the tests of `shared`, and those that have survived them by the properties."""
    out = folder(file)
    shutil.rmtree(out, ignore_errors=True)
    for package in PACKAGES:
        (out / package).mkdir(parents=True)
        command = ["cargo", "mutants", "--package", "shared", "--test-package", package, "--file", file]
        command += ["--output", str(out / package), "--baseline", "skip", "--timeout", str(TIMEOUT_SECS)]
        command += ["--colors", "never", "--no-times"]
        if package != PACKAGES[0]:
            survivors = result(file, PACKAGES[:1]).survivors
            if not survivors:
                continue
            # By name without the place, which may hold what a pattern reads otherwise.
            command += [part for name in survivors for part in ("--re", f"^{re.escape(name)}$")]
        command += ["--", "--lib", "--tests"]
        if "password" not in file:
            command += ["--", "--skip", "password::"]  # they hash, which takes longer than all others
        # 2: some survived, 3: some hung. Both are findings, and in the report.
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        if status not in (0, 2, 3):
            raise SystemExit(f"cargo mutants ended with {status} on {file}")
    (out / "digest").write_text(digest(file))


@dataclass
class Result:
    """What became of the mutants of one file."""

    caught: int
    hung: int
    unviable: int
    survivors: list[str]
    is_current: bool

    @property
    def viable(self) -> int:
        return self.caught + self.hung + len(self.survivors)


def result(file: str, packages: tuple[str, ...] = PACKAGES) -> Result:
    """What the last of the packages that ran says of a mutant counts."""
    summaries: dict[str, str] = {}
    for package in packages:
        outcomes = folder(file) / package / "mutants.out" / "outcomes.json"
        for outcome in json.loads(outcomes.read_text())["outcomes"] if outcomes.exists() else ():
            if outcome["scenario"] != "Baseline":
                summaries[outcome["scenario"]["Mutant"]["name"]] = outcome["summary"]
    count = Counter(summaries.values())
    stamp = folder(file) / "digest"
    return Result(
        caught=count["CaughtMutant"],
        hung=count["Timeout"],
        unviable=count["Unviable"],
        survivors=sorted(name for name, summary in summaries.items() if summary == "MissedMutant"),
        is_current=stamp.exists() and stamp.read_text() == digest(file),
    )


def report() -> str:
    results = {file: result(file) if (folder(file) / "digest").exists() else None for file in critical_files()}
    run_files = {file: found for file, found in results.items() if found}
    viable = sum(found.viable for found in run_files.values())
    noticed = sum(found.caught + found.hung for found in run_files.values())
    lines = [
        "# Mutants",
        "",
        "Written by `make mutants` (`tests/mutants/run.py`): each line of the security-critical files of `shared` is changed in every",
        "way that [cargo-mutants](https://mutants.rs) knows, one at a time, and the tests of `shared` and of `tests/properties`",
        "run. A mutant that no test notices has survived. The tests of `tests/api` and `tests/attacks`, which need a database,",
        "do not run here, so a survivor of this list may still be seen there.",
        "",
        f"**{noticed} of {viable} noticed** ({noticed / max(viable, 1):.1%}), in {len(run_files)} of {len(results)} files.",
        "",
        "| file | mutants | noticed | survived | no Rust |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for file, found in results.items():
        name = f"`{file.removeprefix('shared/src/')}`"
        if found:
            name += "" if found.is_current else " (as it was before its last change)"
            numbers = (found.viable, found.caught + found.hung, len(found.survivors), found.unviable)
            lines.append(f"| {name} | " + " | ".join(map(str, numbers)) + " |")
        else:
            through = file.removeprefix("shared/src/") in THROUGH_THE_API
            lines.append(f"| {name} | not run{': tested through the API alone' if through else ''} | | | |")
    lines += ["", "“No Rust”: the compiler refuses the change. A mutant that hangs counts as noticed.", "", "## Survivors", ""]
    survivors = [name for found in run_files.values() for name in found.survivors]
    lines += [f"- `{name.removeprefix('shared/src/')}`" for name in survivors] or ["None."]
    return "\n".join(lines) + "\n"


def main() -> None:
    wanted = sys.argv[1:]
    files = [] if wanted == ["--report"] else wanted or critical_files()
    if unknown := [file for file in files if not (ROOT / file).is_file()]:
        raise SystemExit(f"no such file: {', '.join(unknown)}")
    for file in files:
        if not wanted and (file.removeprefix("shared/src/") in THROUGH_THE_API or result(file).is_current):
            continue
        print(f"-- {file}", flush=True)
        run(file)
        REPORT.write_text(report())
    REPORT.write_text(report())


if __name__ == "__main__":
    main()
