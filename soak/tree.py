"""A copy of the project with a home of its own, driven by its command line."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]
PROJECT = Path(__file__).resolve().parent.parent
#: On every image that is built from the copy's app/.
IMAGE_LABEL = "acr-lab.soak"
#: On every container, volume and network of the copy's local Azure.
HOME_LABEL = "acr-lab.embedded"
#: Seconds that one command may take; then it counts as hung.
PATIENCE = 180.0


@dataclass(frozen=True)
class Done:
    """What a command said, how it ended (None: it hung), and how long it took."""

    code: int | None
    said: str
    seconds: float


@dataclass
class Tree:
    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.root / ".embedded"

    @property
    def state_file(self) -> Path:
        return self.home / "state/.pulumi/stacks/acr-lab/local.json"

    @property
    def log(self) -> Path:
        """All that the commands said, in the order of their ends."""
        return self.root.parent / "commands.log"

    def start(self, *arguments: str) -> Running:
        """``python -m embedded …`` in the background."""
        output = self.root.parent / f"output-{time.monotonic_ns()}"
        with output.open("wb") as stream:
            process = subprocess.Popen(
                [str(self.root / ".venv/bin/python"), "-m", "embedded", *arguments],
                cwd=self.root,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        return Running(self, arguments, process, output, time.monotonic())

    def run(self, *arguments: str) -> Done:
        return self.start(*arguments).wait()

    def edit(self, mark: str, *, cpu: str = "1") -> None:
        """Another content of the page, and perhaps another size of the container."""
        page = (PROJECT / "app/web/page.py").read_text()
        assert "<main>" in page
        text = page.replace("<main>", f"<main><!-- {mark} -->")
        (self.root / "app/web/page.py").write_text(text)
        settings = (PROJECT / "Pulumi.local.yaml").read_text()
        line = f'config:\n  acr-lab:cpu: "{cpu}"\n'
        file = self.root / "Pulumi.local.yaml"
        file.write_text(settings.replace("config:\n", line))


@dataclass
class Running:
    """A command under way."""

    tree: Tree
    arguments: tuple[str, ...]
    process: subprocess.Popen[bytes]
    output: Path
    started: float

    @property
    def seconds(self) -> float:
        """Since it was started."""
        return time.monotonic() - self.started

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    def wait(self) -> Done:
        code: int | None = None
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        done = Done(code, self.output.read_text(errors="replace"), self.seconds)
        self.output.unlink()
        with self.tree.log.open("a") as log:
            command = " ".join(self.arguments)
            log.write(f"$ {command}  # {done.code}, {done.seconds:.1f} s\n{done.said}")
        return done


def make(folder: Path, environment: Mapping[str, str], base: str) -> Tree:
    """A copy of all that git would take along, with ``base`` as its base image."""
    tree = Tree(folder / "tree")
    _copy(tree.root)
    (tree.root / ".venv").symlink_to(sys.prefix)
    tree.home.mkdir(mode=0o700)
    user = folder / "user"
    user.mkdir()
    packages = PROJECT / ".embedded/packages"
    if packages.is_dir():
        (tree.home / "packages").symlink_to(packages)
    tree.environment = {
        "HOME": str(user),
        "DOCKER_CONFIG": str(user),
        "EMBEDDED_HOME": str(tree.home),
        "EMBEDDED_PORT": str(free_port()),
        "EMBEDDED_ENGINE": "embedded",
        "ACR_LAB_BASE_IMAGE": base,
        **environment,
    }
    return tree


def base_image() -> str:
    """What the set-up of this machine found, else what the Dockerfile names."""
    file = PROJECT / ".embedded/machine.json"
    found = json.loads(file.read_text()).get("baseImage") if file.exists() else None
    if found:
        return str(found)
    lines = (PROJECT / "app/Dockerfile").read_text().splitlines()
    named = next(line for line in lines if line.startswith("ARG BASE_IMAGE="))
    return named.partition("=")[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _copy(target: Path) -> None:
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(listed, cwd=PROJECT, text=True).split("\0")
    for name in filter(None, names):
        if (PROJECT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, target / name)
    dockerfile = target / "app/Dockerfile"
    text = dockerfile.read_text()
    first = "LABEL "
    assert first in text
    # Into the step that sets the others: only what carries all of them is found again.
    label = f"{first}{IMAGE_LABEL}={target} "
    dockerfile.write_text(text.replace(first, label, 1))
