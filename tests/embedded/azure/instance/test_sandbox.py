"""The program that holds a network open, written out byte by byte."""

from __future__ import annotations

import io
import platform
import signal
import struct
import subprocess
import tarfile
from pathlib import Path

import pytest

from embedded.azure.instance import sandbox

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


@pytest.mark.parametrize(("architecture", "machine"), [("amd64", 62), ("arm64", 183)])
def test_the_file_says_which_machine_it_is_for(architecture: str, machine: int) -> None:
    content = sandbox.program(architecture)
    assert content[:4] == b"\x7fELF"
    assert struct.unpack_from("<H", content, 18) == (machine,)


@pytest.mark.skipif(platform.system() != "Linux", reason="an ELF program")
def test_it_sleeps_until_it_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "pause"
    path.write_bytes(sandbox.program(ARCHITECTURES[platform.machine()]))
    path.chmod(0o755)
    process = subprocess.Popen([path])
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=0.3)
    cpu = Path(f"/proc/{process.pid}/stat").read_text().split()[13:15]
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert cpu == ["0", "0"]


def test_the_image_holds_one_executable() -> None:
    with tarfile.open(fileobj=io.BytesIO(sandbox.archive("amd64"))) as tar:
        [file] = tar.getmembers()
    assert (file.name, file.mode) == ("pause", 0o755)
