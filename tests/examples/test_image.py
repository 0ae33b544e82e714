"""The Dockerfile, built on stand-ins for its bases (stand_ins.py), and its container with the seed's `.env`."""

import json
import re
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docker.models.containers import Container
from docker.models.images import Image

import tools
from conftest import TEMPLATE, Stack

USER = "10001"


def health(container: Container, wanted: str) -> str:
    """The container's health, once it is the wanted one or a minute has passed."""
    deadline = time.monotonic() + 60
    while True:
        container.reload()
        status = container.attrs["State"].get("Health", {}).get("Status", container.status)
        if status == wanted or container.status == "exited" or time.monotonic() > deadline:
            return status
        time.sleep(0.2)


@pytest.fixture(scope="module")
def running(stack: Stack, settings: dict[str, str]) -> Iterator[Container]:
    """A container with what compose gives the auth server."""
    container = stack.start(settings)
    yield container
    container.remove(force=True)


def call(container: Container, path: str, body: dict[str, Any] | None = None) -> Any:
    """Calls the API as a page does."""
    container.reload()
    port = container.attrs["NetworkSettings"]["Ports"]["4000/tcp"][0]["HostPort"]
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        json.dumps(body).encode() if body else None,
        {"Content-Type": "application/json", "Origin": "http://localhost:3000"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def test_it_turns_healthy_with_the_seeds_env(running: Container) -> None:
    assert health(running, "healthy") == "healthy", running.logs().decode()

    assert call(running, "/health") == {"status": "ok"}


def test_nobody_is_root_in_it(running: Container, image: Image) -> None:
    processes = running.top(ps_args="-eo pid,uid")["Processes"]

    assert image.attrs["Config"]["User"] == USER
    assert processes and {uid for _, uid in processes} == {USER}


def test_a_mail_reaches_the_catcher_of_compose(running: Container, stack: Stack) -> None:
    assert health(running, "healthy") == "healthy"

    body = {"email": "ada@example.com", "password": "correct horse", "name": "Ada"}
    up = call(running, "/api/auth/sign-up/email", body)

    deadline = time.monotonic() + 20
    while not stack.catcher.mails and time.monotonic() < deadline:
        time.sleep(0.1)
    assert up["user"]["email"] == "ada@example.com"
    (mail,) = stack.catcher.mails
    assert "To: ada@example.com" in mail
    assert "http://localhost:4000/api/auth/verify-email" in mail.replace("=\r\n", "")


def test_sigterm_stops_it_with_what_is_open_done(stack: Stack, settings: dict[str, str]) -> None:
    container = stack.start(settings)
    assert health(container, "healthy") == "healthy"

    began = time.monotonic()
    container.stop(timeout=30)

    container.reload()
    assert container.attrs["State"]["ExitCode"] == 0, container.logs().decode()
    assert "stopping" in container.logs().decode()
    assert time.monotonic() - began < 15


def test_its_health_check_fails_while_the_server_does_not_answer(stack: Stack, settings: dict[str, str]) -> None:
    container = stack.start(settings)
    assert health(container, "healthy") == "healthy"
    check = container.image.attrs["Config"]["Healthcheck"]["Test"]

    healthy, _ = container.exec_run(check[1:])
    container.kill("SIGSTOP")
    stopped, said = container.exec_run(check[1:])
    container.kill("SIGCONT")

    assert (check[0], healthy) == ("CMD", 0)
    assert stopped == 1 and "does not answer in time" in said.decode(), said.decode()


def test_the_seeds_placeholder_is_refused_with_the_command_that_makes_a_secret(
    stack: Stack, settings: dict[str, str]
) -> None:
    (placeholder,) = re.findall(r"^BETTER_AUTH_SECRET=(.*)$", TEMPLATE, re.MULTILINE)
    container = stack.start({**settings, "BETTER_AUTH_SECRET": placeholder})

    status = container.wait(timeout=30)["StatusCode"]

    log = container.logs().decode()
    assert status == 1
    assert "BETTER_AUTH_SECRET" in log and "openssl rand -base64 32" in log


def test_the_image_holds_no_setting_but_where_it_listens(image: Image) -> None:
    variables = dict(line.split("=", 1) for line in image.attrs["Config"]["Env"])
    steps = " ".join(str(step["CreatedBy"]) for step in image.history())

    assert variables.pop("PATH")
    assert variables == {"HOST": "0.0.0.0"}
    assert "SECRET" not in steps and "DATABASE_URL" not in steps


def test_a_build_sees_what_cargo_needs_and_nothing_else(tmp_path: Path) -> None:
    context, seen = tmp_path / "context", tmp_path / "seen"
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=tools.ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")[:-1]
    decoys = [".env", ".latchkey/secret", "target/release/latchkey", "examples/.env", "tests/api/.env", ".git/config"]
    for name in [*tracked, *decoys]:
        path = context / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a decoy" if name in decoys else (tools.ROOT / name).read_bytes())
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")

    tools.build(f"--file={tmp_path / 'Dockerfile'}", f"--output=type=local,dest={seen}", context=context)

    files = {str(path.relative_to(seen)) for path in seen.rglob("*") if path.is_file()}
    sources = ("shared/", "functions/", "local/", "migrations/", ".sqlx/", ".cargo/", "tests/bench/src/", "tests/properties/src/")
    others = {"Cargo.toml", "Cargo.lock", "tests/Cargo.toml", "tests/harness/lib.rs", "tests/bench/Cargo.toml", "tests/properties/Cargo.toml"}
    assert files == {name for name in tracked if name.startswith(sources) or name in others}
    # Manifests, targets and versions are all there: cargo would not plan a build otherwise.
    subprocess.run(
        ["cargo", "metadata", "--locked", "--offline", "--format-version=1"], cwd=seen, check=True, stdout=subprocess.DEVNULL
    )
