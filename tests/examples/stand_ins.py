"""The images that the Dockerfile begins with, made of this machine's own files: no registry is needed.

Everything in the Dockerfile runs as it is written but the compiler: in its place a program brings what this machine has
compiled already.
"""

from pathlib import Path

import docker

import base_image

REPOSITORY = "latchkey-stand-in"
RUST, DEBIAN = f"{REPOSITORY}:rust", f"{REPOSITORY}:debian"

_CARGO = """#!/bin/sh
set -e
[ "$*" = 'build --release --locked --package local' ] || { echo "cargo $*: is not what is stood in for" >&2; exit 1; }
mkdir -p target/release
cp /built/latchkey target/release/latchkey
"""
_ETC = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "etc/group": "root:x:0:\nusers:x:100:\n",
    "etc/login.defs": "USERGROUPS_ENAB yes\n",
    "etc/nsswitch.conf": "hosts: files dns\n",
}
_PATH = "ENV PATH=/usr/local/cargo/bin:/usr/local/bin:/bin"


def make(engine: docker.DockerClient, latchkey: Path) -> None:
    """Makes both. `latchkey` is the program that a build is to bring forth."""
    remove(engine)
    rust = {"usr/local/cargo/bin/cargo": _CARGO, **_ETC}
    _import(engine, RUST, base_image.archive(("sh", "cp", "mkdir"), rust, {"built/latchkey": latchkey}))
    _import(engine, DEBIAN, base_image.archive(("sh", "useradd"), _ETC))


def remove(engine: docker.DockerClient) -> None:
    """Removes both, and what was built on them."""
    for image in engine.images.list(name=REPOSITORY):
        engine.images.remove(image.id, force=True)


def _import(engine: docker.DockerClient, name: str, archive: bytes) -> None:
    engine.api.import_image_from_data(archive, repository=REPOSITORY, tag=name.partition(":")[2], changes=[_PATH])
