"""``python3 -m embedded.machine PURPOSE``: what the Makefile calls."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys

from embedded.home import PROJECT, Home
from embedded.machine import base_image, docker_engine, environment, packages
from embedded.machine.command import say
from embedded.machine.durations import measured
from embedded.machine.errors import LocalAzureNotEmpty, MachineError

RUN = ("requirements.txt", "embedded/requirements.txt")
DEVELOP = (*RUN, "requirements-dev.txt")
AZ = ("tests/e2e/requirements-az.txt",)
#: The environments of the project, as folders in it.
OWN, OF_AZ = ".venv", ".venv-az"


def main() -> int:
    """0, 1 when it was interrupted, 3 when something that is needed cannot be had."""
    parser = argparse.ArgumentParser(prog="python3 -m embedded.machine")
    parser.add_argument("purpose", choices=["up", "test", "bench", "lint", "clean"])
    purpose = parser.parse_args().purpose
    home = Home.find()
    try:
        clean(home) if purpose == "clean" else prepare(purpose, home)
    except (MachineError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 3
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: the next `make` goes on from here\n")
        return 1
    return 0


def prepare(purpose: str, home: Home) -> None:
    """All that one purpose needs. Raises MachineError."""
    home.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with measured(home, purpose, "environment"):
        environment.prepare(PROJECT, RUN if purpose == "up" else DEVELOP, home)
    if purpose == "lint":
        return
    try:
        prepare_docker(purpose, home)
    except MachineError as error:
        # What needs Docker skips with a reason, unless it must not.
        if purpose == "up" or os.environ.get("REQUIRE_DOCKER") == "1":
            raise
        say(f"What needs Docker will be skipped. {error}")
    if purpose == "test":
        prepare_clients(home)


def prepare_clients(home: Home) -> None:
    """The programs that the tests point at the local Azure: az and skopeo."""
    try:
        environment.prepare(PROJECT, AZ, home, name=OF_AZ, exactly=True)
        if shutil.which("skopeo") is None:
            packages.install(["skopeo"], home)
    except MachineError as error:
        if os.environ.get("REQUIRE_DOCKER") == "1":
            raise
        say(f"What needs az or skopeo will be skipped. {error}")


def prepare_docker(purpose: str, home: Home) -> None:
    """The Docker Engine, a registry to put behind the front, and a base image."""
    with measured(home, purpose, "engine"):
        if shutil.which("docker-registry") is None:
            packages.unpack("docker-registry", "docker-registry", home)
        docker_engine.prepare(home)
    with measured(home, purpose, "base image"):
        base = base_image.prepare(PROJECT, home)
    part = home.machine_file.with_suffix(".part")
    part.write_text(json.dumps({"baseImage": base}) + "\n")
    part.replace(home.machine_file)


def clean(home: Home) -> None:
    """Undo it: the local Azure with all it holds, our image, our dockerd."""
    python = PROJECT / OWN / "bin" / "python"
    if python.exists() and home.root.exists():
        say("Removing what the local Azure holds")
        reset = [str(python), "-m", "embedded", "azure", "reset", "--yes"]
        if subprocess.run(reset, check=False, cwd=PROJECT).returncode:
            raise LocalAzureNotEmpty(home.root)
    base_image.remove(home)
    docker_engine.stop(home)
    made = [home.root, *(PROJECT / name for name in (OWN, OF_AZ))]
    say(f"Removing {', '.join(str(one) for one in made if one.exists())}")
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
