"""The Docker programs of this machine."""

import functools
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent


def build(*arguments: str, context: Path = ROOT) -> None:
    """`docker build` by BuildKit, which the Dockerfile's cache mounts need."""
    done = subprocess.run(
        [_with_buildkit(), "build", *arguments, str(context)], env=_environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def copy_examples(home: Path) -> Path:
    """The examples in a folder of the test's own, without what may lie there."""
    ignored = shutil.ignore_patterns("node_modules", ".venv", ".env")
    return shutil.copytree(ROOT / "examples", home / "examples", ignore=ignored)


def read_by_compose(env: str, home: Path) -> tuple[dict[str, Any], str]:
    """What Compose makes of examples/compose.yaml beside that `.env`, and what it warns of."""
    folder = copy_examples(home)
    (folder / ".env").write_text(env)
    command = [*_compose(), "--file", folder / "compose.yaml", "config"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return yaml.safe_load(done.stdout), done.stderr


@functools.cache
def _with_buildkit() -> str:
    """The first `docker` on PATH that has it: newer ones need the plug-in buildx."""
    for folder in os.get_exec_path():
        program = Path(folder, "docker")
        asked = [program, "build", "--help"]
        if os.access(program, os.X_OK):
            helped = subprocess.run(asked, env=_environment(), capture_output=True, text=True)
            if helped.returncode == 0 and "--secret" in helped.stdout:
                return str(program)
    raise FileNotFoundError("no docker on PATH builds with BuildKit: install docker-buildx")


@functools.cache
def _compose() -> list[str]:
    for command in (["docker", "compose"], ["docker-compose"]):
        try:
            if subprocess.run([*command, "version"], capture_output=True).returncode == 0:
                return command
        except FileNotFoundError:
            continue
    raise FileNotFoundError("no Docker Compose: install it (Debian: apt-get install docker-compose)")


def _environment() -> dict[str, str]:
    return {**os.environ, "DOCKER_BUILDKIT": "1"}
