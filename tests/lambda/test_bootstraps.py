"""What is deployed is small, and runs on the C library that Lambda's `provided.al2023` has."""

import os
import re
import zlib
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

from stack import FUNCTIONS, bootstrap

LARGEST_ZIP = 4_000_000
# Amazon Linux 2023's. This machine's may be newer, so that running here shows nothing.
NEWEST_GLIBC = (2, 34)


# Those that tests/run has built with the release profile as it stands. The others are built without LTO, which makes
# them larger: what they keep to, the shipped ones do.
_FOLDER = os.environ.get("LATCHKEY_SHIPPED")
SHIPPED = {path.parent.name: path for path in Path(_FOLDER).glob("*/bootstrap")} if _FOLDER else {}
LARGEST = "mailer"


def zipped_size(path: Path) -> int:
    """The size of a file in a zip, as the SAM CLI makes it: deflated with zlib's usual effort."""
    return len(zlib.compress(path.read_bytes()))


def needed_glibc(path: Path) -> set[tuple[int, ...]]:
    """The versions of glibc whose symbols a program asks the loader for."""
    with path.open("rb") as file:
        elf = ELFFile(file)
        (needs,) = [section for section in elf.iter_sections() if isinstance(section, GNUVerNeedSection)]
        names = [version.name for _, versions in needs.iter_versions() for version in versions]
    found = [re.fullmatch(r"GLIBC_([\d.]+)", name) for name in names]
    return {tuple(map(int, match[1].split("."))) for match in found if match}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_bootstrap_is_small(name: str) -> None:
    assert zipped_size(SHIPPED.get(name, bootstrap(name))) <= LARGEST_ZIP


@pytest.mark.skipif(_FOLDER is None, reason="LATCHKEY_SHIPPED names no folder: tests/run fills one")
def test_the_largest_is_as_it_is_shipped() -> None:
    assert max(FUNCTIONS, key=lambda name: bootstrap(name).stat().st_size) == LARGEST
    assert SHIPPED[LARGEST].stat().st_size < bootstrap(LARGEST).stat().st_size


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_bootstrap_needs_no_newer_glibc_than_lambda_has(name: str) -> None:
    for path in {bootstrap(name), SHIPPED.get(name, bootstrap(name))}:
        needed = needed_glibc(path)
        assert needed, "a program that links no glibc at all: is this test looking at the right thing?"
        assert max(needed) <= NEWEST_GLIBC, path
