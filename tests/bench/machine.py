"""What was measured where, with which versions."""

import os
import platform
import re
import subprocess
import time
from pathlib import Path

import psycopg

from figures import Figures
from place import HERE, OTHER_CORES, ROOT, SERVICE_CORE


def describe() -> Figures:
    """The machine and the versions."""
    cpu = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*: (.*)$", cpu, re.M)
    memory = re.search(r"^MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(), re.M)
    with psycopg.connect(os.environ["TEST_DATABASE_URL"]) as connection:
        (postgres,) = connection.execute("show server_version").fetchone() or ("?",)
    better_auth = (HERE / "node_modules" / "better-auth" / "package.json").read_text()
    express = (HERE / "node_modules" / "express" / "package.json").read_text()
    version = re.compile(r'"version": *"([^"]+)"')
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "commit": _said("git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"),
        "processor": model.group(1) if model else platform.machine(),
        "cores": len(OTHER_CORES | {SERVICE_CORE}),
        "memoryGb": round(int(memory.group(1)) / 2**20) if memory else None,
        "system": f"{platform.system()} {platform.release()}, {_distribution()}",
        "rust": _said("rustc", "--version").split()[1],
        "node": _said("node", "--version").removeprefix("v"),
        "postgres": str(postgres),
        "betterAuth": (version.search(better_auth) or [""])[1],
        "express": (version.search(express) or [""])[1],
        "libargon2": _said("dpkg-query", "--show", "--showformat=${Version}", "libargon2-1"),
        "load": list(os.getloadavg()),
    }


def _distribution() -> str:
    release = Path("/etc/os-release")
    name = re.search(r'^PRETTY_NAME="(.*)"$', release.read_text() if release.exists() else "", re.M)
    return name.group(1) if name else "unknown"


def _said(*command: str) -> str:
    try:
        return subprocess.check_output(command, text=True, stderr=subprocess.DEVNULL).strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
