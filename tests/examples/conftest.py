"""What the tests of the image and of compose share.

tests/run starts them (`make container`); by hand, where a Docker engine answers:

    cargo build --package local
    LATCHKEY_BIN=target/debug/latchkey tests/with-postgres pytest tests/examples

with the packages of tests/requirements.txt installed.
"""

import os
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docker
import psycopg
import pytest
from docker.models.containers import Container
from docker.models.images import Image
from psycopg.conninfo import conninfo_to_dict

import stand_ins
import tools
from bridge import Bridge
from mail_catcher import MailCatcher

TEMPLATE = (tools.ROOT / "examples/.env.example").read_text()


def pytest_configure() -> None:
    """Says what is missing before any test fails for it."""
    for name, meaning in {
        "TEST_DATABASE_URL": "tests/with-postgres sets it, and can start servers then",
        "LATCHKEY_BIN": "what `cargo build --package local` built, such as target/debug/latchkey",
    }.items():
        if not os.environ.get(name):
            raise pytest.UsageError(f"{name} is not set: {meaning}")


@pytest.fixture(scope="session")
def engine() -> docker.DockerClient:
    """The Docker engine."""
    return docker.from_env()


@pytest.fixture(scope="session")
def image(engine: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    """What the Dockerfile builds."""
    stand_ins.make(engine, Path(os.environ["LATCHKEY_BIN"]).resolve())
    built = tmp_path_factory.mktemp("image") / "id"
    arguments = (f"RUST={stand_ins.RUST}", f"DEBIAN={stand_ins.DEBIAN}")
    tools.build(*(f"--build-arg={argument}" for argument in arguments), f"--iidfile={built}")
    image = engine.images.get(built.read_text())
    yield image
    engine.images.remove(image.id, force=True)
    stand_ins.remove(engine)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables that compose gives the auth server: the seed's template, with the secret of the README's command."""
    home = tmp_path_factory.mktemp("readme")
    folder = tools.copy_examples(home)
    (command,) = re.findall(r"^sed .*$", (folder / "README.md").read_text(), re.MULTILINE)
    subprocess.run(["sh", "-euc", command], cwd=home, check=True)
    env = (folder / ".env").read_text()
    compose, _ = tools.read_by_compose(env, tmp_path_factory.mktemp("compose"))
    return {name: str(value) for name, value in compose["services"]["auth-server"]["environment"].items()}


@dataclass(frozen=True)
class Stack:
    """A container network on which `postgres` and `mailpit` are found, as on compose's."""

    engine: docker.DockerClient
    image: Image
    network: str
    hosts: dict[str, str]
    catcher: MailCatcher

    def start(self, settings: dict[str, str]) -> Container:
        """Starts the image with these variables; the port is one of loopback."""
        return self.engine.containers.run(
            self.image.id,
            detach=True,
            environment=settings,
            network=self.network,
            extra_hosts=self.hosts,
            ports={"4000/tcp": ("127.0.0.1", None)},
        )


@pytest.fixture(scope="session")
def stack(engine: docker.DockerClient, image: Image) -> Iterator[Stack]:
    """The network, with a Postgres of the template's user, password and database."""
    network = engine.networks.create(f"latchkey-{secrets.token_hex(4)}", driver="bridge")
    network.reload()
    address = network.attrs["IPAM"]["Config"][0]["Gateway"]
    # Not pytest's folder, which is closed to the user that the server runs as.
    home = tempfile.mkdtemp(prefix="latchkey-stack.")
    with_postgres = tools.ROOT / "tests/with-postgres"
    url = subprocess.check_output([with_postgres, "--start", home], text=True).strip()
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("create database app")
        server.execute("alter user postgres password 'postgres'")
    port = int(conninfo_to_dict(url)["port"])
    catcher = MailCatcher()
    bridges = [Bridge(address, ("127.0.0.1", port), 5432), Bridge(address, catcher.address, 1025)]
    yield Stack(engine, image, network.name, {"postgres": address, "mailpit": address}, catcher)
    for container in engine.containers.list(all=True, filters={"network": network.name}):
        container.remove(force=True)
    for bridge in bridges:
        bridge.close()
    catcher.close()
    subprocess.run([with_postgres, "--stop", home, "immediate"], check=True)
    shutil.rmtree(home)
    network.remove()
