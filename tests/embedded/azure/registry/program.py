"""Command line clients, each with a home of its own, and what they push."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Program:
    """A command line program with a home of its own."""

    command: list[str]
    home: Path

    def run(self, *arguments: str, input_: bytes = b"") -> tuple[int, str]:
        """Its exit code and all that it said."""
        environment = {
            **os.environ,
            "HOME": str(self.home),
            "DOCKER_CONFIG": str(self.home / "docker"),
            "REGISTRY_AUTH_FILE": str(self.home / "auth.json"),
        }
        done = subprocess.run(
            [*self.command, *arguments],
            check=False,
            env=environment,
            input=input_,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
        )
        return done.returncode, done.stdout.decode()

    def must(self, *arguments: str, input_: bytes = b"") -> str:
        code, said = self.run(*arguments, input_=input_)
        assert code == 0, said
        return said


def program(name: str, home: Path) -> Program:
    reason = f"no `{name}` on PATH"
    if shutil.which(name) is None and os.environ.get("REQUIRE_DOCKER") == "1":
        pytest.fail(f"REQUIRE_DOCKER=1, and {reason}", pytrace=False)
    if shutil.which(name) is None:
        pytest.skip(reason)
    home.mkdir(exist_ok=True)
    return Program([name], home)


def layer(text: str) -> bytes:
    """A tar with one file."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        entry = tarfile.TarInfo("hello")
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text.encode()))
    return made.getvalue()
