"""The container that owns the network of a group with several containers.

It runs an image of one file: a static program that sleeps until it is killed. The
program is written out here byte by byte, because nothing can be pulled for it.
Format: ELF-64 (System V ABI), one loadable segment.
"""

from __future__ import annotations

import hashlib
import io
import struct
import tarfile
from pathlib import Path

from docker.errors import APIError, ImageNotFound

from embedded.azure.instance.engine import DockerEngine

ROLE = "sandbox"
NAME = "_sandbox"
BASE = 0x400000
HEADERS = 64 + 56

#: machine number of ELF and the code: call pause (or ppoll without a limit) for ever
PROGRAMS = {
    # mov eax, 34 (pause); syscall; jmp to the start
    "amd64": (62, bytes.fromhex("b8220000000f05ebf7")),
    # x0 = x1 = x2 = x3 = 0; x8 = 73 (ppoll); svc 0; branch to the start
    "arm64": (
        183,
        struct.pack(
            "<7I",
            0xD2800000,
            0xD2800001,
            0xD2800002,
            0xD2800003,
            0xD2800928,
            0xD4000001,
            0x17FFFFFA,
        ),
    ),
}


def program(architecture: str) -> bytes:
    """The executable for ``amd64`` or ``arm64``. Raises KeyError for another."""
    machine, code = PROGRAMS[architecture]
    size = HEADERS + len(code)
    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    header = struct.pack(
        "<16sHHIQQQIHHHHHH",
        *(ident, 2, machine, 1, BASE + HEADERS, 64, 0, 0, 64, 56, 1, 0, 0, 0),
    )
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, BASE, BASE, size, size, 0x1000)
    return header + segment + code


def archive(architecture: str) -> bytes:
    """A file system (tar) that holds the program as ``/pause``."""
    content = program(architecture)
    file = tarfile.TarInfo("pause")
    file.size, file.mode = len(content), 0o755
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.addfile(file, io.BytesIO(content))
    return buffer.getvalue()


def image_name(home: Path) -> str:
    """One image per home, so that homes do not take it from one another."""
    return f"acr-lab-sandbox:{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"


def ensure_image(engine: DockerEngine) -> str:
    """The name of the image, which is made if the engine has none."""
    name = image_name(engine.home)
    with engine.talking("make the sandbox image") as client:
        try:
            client.images.get(name)
        except ImageNotFound:
            architecture = client.version()["Arch"]
            repository, tag = name.split(":")
            client.api.import_image_from_data(
                archive(architecture),
                repository=repository,
                tag=tag,
                changes=['ENTRYPOINT ["/pause"]'],
            )
    return name


def drop_image(engine: DockerEngine) -> None:
    """Remove the image, unless a sandbox still runs on it."""
    with engine.talking("remove the sandbox image") as client:
        try:
            client.images.remove(image_name(engine.home))
        except ImageNotFound:
            pass
        except APIError as error:
            if error.status_code != 409:
                raise
