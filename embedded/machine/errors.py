"""What can be missing on a machine. The exit code is 3."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class MachineError(Exception):
    """The base of them all."""


class CommandFailed(MachineError):
    """A set-up command ended with an error."""

    def __init__(self, command: Sequence[str], output: str, log: Path) -> None:
        tail = "\n".join(f"    {line}" for line in output.splitlines()[-8:])
        name = " ".join(command[:4])
        super().__init__(f"`{name} …` failed:\n{tail}\n  The whole output is in {log}.")


class PythonTooOld(MachineError):
    def __init__(self, found: str) -> None:
        super().__init__(
            f"Python 3.11 or newer is needed, and this is {found}. "
            "Name a newer one: `make up PYTHON=python3.12`."
        )


class PackagesMissing(MachineError):
    def __init__(self, names: Sequence[str]) -> None:
        joined = " ".join(names)
        super().__init__(
            f"These are needed and this machine has no apt to get them with: {joined}. "
            "Install them with the package manager of this system, then run it again."
        )


class NotPermitted(MachineError):
    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            "Installing packages needs root, and sudo was not found. "
            f"As root: `apt-get install {' '.join(names)}`, then run it again."
        )


class DockerRefused(MachineError):
    def __init__(self, address: str) -> None:
        super().__init__(
            f"The Docker Engine at {address} runs, but this user may not talk to it. "
            "Join its group (`sudo usermod -aG docker $USER`), log in again, "
            "and run it again."
        )


class DockerUnreachable(MachineError):
    def __init__(self, address: str, reason: str) -> None:
        super().__init__(
            f"No Docker Engine answers at {address}: {reason}. "
            "Start it, or set DOCKER_HOST to one that runs."
        )


class DockerDidNotStart(MachineError):
    def __init__(self, output: str, log: Path) -> None:
        tail = "\n".join(f"    {line}" for line in output.splitlines()[-6:])
        super().__init__(
            f"dockerd was started and does not answer:\n{tail}\n"
            f"  Its log is {log}. In a container, dockerd needs `--privileged`."
        )


class LocalAzureNotEmpty(MachineError):
    def __init__(self, home: Path) -> None:
        super().__init__(
            f"The local Azure could not be emptied, so {home} is kept: it says what is "
            "still there. Mend what stands above, and run it again."
        )


class ImageRefused(MachineError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"The Docker Engine refused the base image {name}: {reason}")
