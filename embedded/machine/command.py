"""Running one set-up command: its output goes to a log, and to the error."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from embedded.machine.errors import CommandFailed


def say(message: str) -> None:
    """One line of progress."""
    sys.stdout.write(f"{message}\n")
    sys.stdout.flush()


def run(
    command: Sequence[str],
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> str:
    """The command's output. Raises CommandFailed if it does not exit with 0."""
    done = subprocess.run(
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **(environment or {})},
        cwd=directory,
    )
    with log.open("a") as file:
        file.write(f"$ {' '.join(command)}\n{done.stdout}\n")
    if done.returncode:
        raise CommandFailed(command, done.stdout, log)
    return done.stdout


def as_root(command: Sequence[str]) -> list[str] | None:
    """The command with the rights of root, or None where there is no way to them."""
    if os.geteuid() == 0:
        return list(command)
    return ["sudo", *command] if shutil.which("sudo") else None
