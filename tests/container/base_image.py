"""A stand-in for the base image of `provided.al2023`, made of this machine's own files.

AWS's image is pulled from a registry, which not every machine reaches. A bootstrap needs little of it: a C library,
the unwinder, name look-up and CA certificates; the SAM CLI needs a shell, mv and chmod, to put the emulator in.
The C library is this machine's: that the bootstraps suit the older one of AWS is tests/lambda/test_bootstraps.py's to
show.
"""

import io
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import docker

# A name of our own: AWS's stays for AWS's image. The SAM CLI derives its image's name from the repository.
REPOSITORY = "latchkey-base"
IMAGE = f"{REPOSITORY}:al2023"

_PROGRAMS = ("sh", "mv", "chmod")
# What a bootstrap links, those that glibc 2.34 emptied among them, and what name look-up loads at run time.
_LIBRARIES = (
    *("libc.so.6", "libm.so.6", "libgcc_s.so.1"),
    *("libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1"),
    *("libresolv.so.2", "libnss_dns.so.2", "libnss_files.so.2"),
)
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_ETC = {
    "etc/passwd": "root:x:0:0:root:/:/bin/sh\nsbx_user1051:x:993:990::/tmp:/bin/sh\n",
    "etc/nsswitch.conf": "hosts: files dns\n",
}
_FOLDERS = ("opt", "tmp", "var/rapid", "var/runtime", "var/task")


def make(engine: docker.DockerClient) -> None:
    """Makes the image: a second's work, and no network."""
    remove(engine)
    engine.api.import_image_from_data(
        archive(_PROGRAMS, _ETC),
        repository=REPOSITORY,
        tag=IMAGE.partition(":")[2],
        changes=["ENV LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime PATH=/bin", "WORKDIR /var/task"],
    )


def remove(engine: docker.DockerClient) -> None:
    """Removes it, and what the SAM CLI made of it."""
    for image in engine.images.list(name=REPOSITORY):
        engine.images.remove(image.id, force=True)


def archive(programs: tuple[str, ...], texts: dict[str, str], more: dict[str, Path] | None = None) -> bytes:
    """A file system as a tar: these programs of this machine and what they link, texts and files by their paths."""
    files = {f"bin/{name}": _program(name) for name in programs}
    files |= {path: Path(path) for program in programs for path in _linked(_program(program))}
    files |= {path: Path(path) for path in _found(_LIBRARIES)}
    files |= more or {}
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for folder in _FOLDERS:
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755
            tar.addfile(entry)
        for path, source in files.items():
            # What is a link here is a file there: its target may have another name.
            tar.add(source.resolve(), path.lstrip("/"))
        if _CERTIFICATES.exists():
            tar.add(_CERTIFICATES.resolve(), str(_CERTIFICATES).lstrip("/"))
        for path, text in texts.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(text), 0o755 if "bin/" in path else 0o644
            tar.addfile(entry, io.BytesIO(text.encode()))
    return data.getvalue()


def _program(name: str) -> Path:
    path = shutil.which(name)
    if path is None:
        raise FileNotFoundError(f"no {name} on PATH")
    return Path(path)


def _linked(program: Path) -> list[str]:
    """The libraries of a program, the loader among them, by the paths that it looks under."""
    output = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    return re.findall(r"(/\S+) \(0x", output)


def _found(libraries: tuple[str, ...]) -> list[str]:
    """Where this machine has them; one that it lacks is left out."""
    cache = subprocess.run(["/sbin/ldconfig", "-p"], check=True, capture_output=True, text=True).stdout
    paths: dict[str, str] = {}
    for name, kind, path in re.findall(r"^\s*(\S+) \((.*?)\) => (\S+)$", cache, re.MULTILINE):
        if name in libraries and "x86-64" in kind:
            paths.setdefault(name, path)
    return list(paths.values())
