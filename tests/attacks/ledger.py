#!/usr/bin/env python3
"""Runs the attacks and writes what held into docs/SECURITY.md, between its two markers.

A promise stands there if its test ran and passed, and for no other reason. Its family is the file, the family's
sentence the head of the file, its source the test's `Advisory:` or `Source:`. With CI=true the committed table has to be
the one that this run writes.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DOCUMENT = ROOT / "docs/SECURITY.md"
BEGIN = "<!-- Written by `make attacks`: change the tests, not the table. -->\n"
END = "<!-- The end of what `make attacks` writes. -->\n"
# With the features that the other steps build with: nothing is built twice.
COMMAND = ("cargo", "test", "--workspace", "--locked", "--test", "attacks")

HEAD = re.compile(r"\A(?://!.*\n)+")
TEST = re.compile(
    r"""(?P<doc>(?:^[ ]*///.*\n)*)            # what is said of it
        ^[ ]*\#\[(?:tokio::)?test(?:\(.*\))?\]\n
        (?:^[ ]*(?:\#\[|//(?!/)).*\n)*        # other attributes, and comments
        ^[ ]*(?:async[ ])?fn[ ](?P<name>\w+)\(""",
    re.MULTILINE | re.VERBOSE,
)
RESULT = re.compile(r"^test (?P<path>[\w:]+)(?: - should panic)? \.\.\. (?P<result>\w+)", re.MULTILINE)
# Where the bodies that number weaknesses and rules explain them.
PAGES = (
    (re.compile(r"\bCVE-\d{4}-\d{4,}\b"), lambda found: f"https://nvd.nist.gov/vuln/detail/{found[0]}"),
    (re.compile(r"\bGHSA(?:-[0-9a-z]{4}){3}\b"), lambda found: f"https://github.com/advisories/{found[0]}"),
    (re.compile(r"\bCWE-(\d+)\b"), lambda found: f"https://cwe.mitre.org/data/definitions/{found[1]}.html"),
    (re.compile(r"\bRFC (\d+)\b"), lambda found: f"https://www.rfc-editor.org/rfc/rfc{found[1]}"),
)
CAPITALS = {word.lower(): word for word in ("API", "CSRF", "HTML", "HTTP", "HTTPS", "JSON", "JWT", "SQL", "URL", "URLs")}


class LedgerError(Exception):
    """Why there is nothing to write."""


@dataclass(frozen=True)
class Promise:
    """A test, as its source has it."""

    name: str
    source: str


@dataclass(frozen=True)
class Family:
    """A file of attacks."""

    module: str
    title: str
    sentence: str
    promises: tuple[Promise, ...]


def main() -> int:
    try:
        families = [family for file in sorted(HERE.glob("*.rs")) if (family := read(file)) is not None]
        check(families, run())
        is_new = write(section(families))
    except LedgerError as error:
        print(error, file=sys.stderr)
        return 1
    promises = sum(len(family.promises) for family in families)
    print(f"attacks: {promises} promises of {len(families)} families held")
    if is_new and os.environ.get("CI") == "true":
        print("docs/SECURITY.md is of another run: commit the one that `make attacks` writes", file=sys.stderr)
        return 1
    return 0


def run() -> dict[str, str]:
    """What became of each test."""
    finished = subprocess.run(COMMAND, cwd=ROOT, capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        raise LedgerError(f"{finished.stdout}{finished.stderr}\nan attack has got through, or the tests did not build")
    return {found["path"]: found["result"] for found in RESULT.finditer(finished.stdout)}


def check(families: list[Family], results: dict[str, str]) -> None:
    """Every promise has to have held in this run, and every test to be one."""
    promised = {f"{family.module}::{promise.name}" for family in families for promise in family.promises}
    held = {path for path, result in results.items() if result == "ok"}
    for paths, complaint in (
        (promised - held, "is promised and did not run: is its file a module of main.rs, is it ignored?"),
        (results.keys() - promised, "has run and is in no family: is it written as the others are?"),
    ):
        if paths:
            raise LedgerError("\n".join(f"{path} {complaint}" for path in sorted(paths)))


def read(file: Path) -> Family | None:
    """The family of a file; none of one that holds no test."""
    text = file.read_text()
    promises = tuple(Promise(found["name"], source(found["doc"])) for found in TEST.finditer(text))
    if not promises:
        return None
    head = HEAD.match(text)
    paragraph = paragraphs(head[0] if head else "", "//!")
    title, colon, sentence = (paragraph[0] if paragraph else "").partition(": ")
    if not colon:
        raise LedgerError(f"{file.relative_to(ROOT)} has to begin with `//! Family: what is promised.`")
    return Family(file.stem, title, capitalised(sentence), promises)


def paragraphs(comment: str, mark: str) -> list[str]:
    """The paragraphs of a comment, each on one line."""
    lines = "\n".join(line.strip().removeprefix(mark).strip() for line in comment.splitlines())
    return [" ".join(paragraph.split()) for paragraph in lines.split("\n\n") if paragraph.strip()]


def source(doc: str) -> str:
    """What follows `Advisory:` and `Source:` in the comment of a test."""
    marked = re.sub(r"^ */// (?=(?:Advisory|Source): )", "///\n/// ", doc, flags=re.MULTILINE)
    named = (re.match(r"(?:Advisory|Source): (.*)", text) for text in paragraphs(marked, "///"))
    return "; ".join(linked(found[1].rstrip(".")) for found in named if found)


def linked(text: str) -> str:
    for pattern, page in PAGES:
        text = pattern.sub(lambda found, page=page: f"[{found[0]}]({page(found)})", text)
    return text


def section(families: list[Family]) -> str:
    total = sum(len(family.promises) for family in families)
    parts = [f"**{total} promises of {len(families)} families held.**"]
    for family in families:
        rows = [
            f"| {sentence(promise.name)} | {promise.source} | `{family.module}::{promise.name}` |"
            for promise in family.promises
        ]
        head = f"### {family.title}\n\n{family.sentence} ([source](../tests/attacks/{family.module}.rs))"
        parts += [head, "\n".join(["| promise | advisory or source | test |", "| --- | --- | --- |", *rows])]
    return "\n\n".join(parts)


def sentence(name: str) -> str:
    return capitalised(" ".join(CAPITALS.get(word, word) for word in name.split("_")))


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def write(table: str) -> bool:
    """Writes it between the markers; whether that changed anything."""
    before = DOCUMENT.read_text()
    head, begin, rest = before.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise LedgerError(f"docs/SECURITY.md has lost a marker:\n{BEGIN}{END}")
    after = f"{head}{begin}\n{table}\n\n{end}{tail}"
    DOCUMENT.write_text(after)
    return after != before


if __name__ == "__main__":
    sys.exit(main())
