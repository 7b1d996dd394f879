"""A copy of the project with a home and a port of its own, deployed and undeployed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedded.azure.registry.distribution import free_port
from embedded.home import PROJECT, Home

Json = dict[str, Any]


class CommandFailed(Exception):
    """A command that a figure is made of did not exit with 0."""

    def __init__(self, command: list[str], output: str) -> None:
        tail = "\n".join(output.splitlines()[-12:])
        super().__init__(f"`{' '.join(command)}` failed:\n{tail}")


@dataclass(frozen=True)
class Clone:
    """``environment`` is all that the commands in it see."""

    root: Path
    environment: Mapping[str, str]

    def embedded(self, *arguments: str) -> str:
        """``python -m embedded …`` with the embedded engine: its standard output."""
        return self.run([str(self.python), "-m", "embedded", *arguments])

    def pulumi(self, *arguments: str) -> str:
        """The real CLI on the same stack, with the variables that it needs for it."""
        return self.run(["pulumi", *arguments], self.for_the_cli())

    def run(
        self, command: list[str], environment: Mapping[str, str] | None = None
    ) -> str:
        """Raises CommandFailed."""
        done = subprocess.run(
            command,
            check=False,
            cwd=self.root,
            env={**self.environment, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise CommandFailed(command, done.stdout + done.stderr)
        return done.stdout

    def outputs(self) -> Json:
        found: Json = json.loads(self.embedded("stack", "output", "--json"))
        return found

    def mark(self, word: str) -> None:
        """Change one file of the app, so that its page has the word in it."""
        page = self.root / "app" / "web" / "page.py"
        source = (PROJECT / "app" / "web" / "page.py").read_text()
        changed = source.replace("<main>", f"<main><!-- {word} -->")
        assert changed != source, "app/web/page.py has no <main> any more"
        page.write_text(changed)

    def for_the_cli(self) -> dict[str, str]:
        """What embedded/README.md tells to set for the CLI."""
        found: dict[str, str] = json.loads(self.embedded("azure", "env", "--json"))
        providers = self.root / "embedded" / "providers" / "bin"
        home = Home(self.home)
        base = base_image(home)
        return {
            **found,
            **({"ACR_LAB_BASE_IMAGE": base} if base else {}),
            "PATH": f"{providers}{os.pathsep}{self.environment['PATH']}",
            "EMBEDDED_PYTHON": str(self.python),
            "PULUMI_HOME": str(home.pulumi),
            "PULUMI_BACKEND_URL": f"file://{home.state}",
            "PULUMI_CONFIG_PASSPHRASE": "embedded",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    @property
    def home(self) -> Path:
        return Path(self.environment["EMBEDDED_HOME"])

    @property
    def python(self) -> Path:
        return self.root / ".venv" / "bin" / "python"


def base_image(home: Home) -> str | None:
    """The base image that the set-up of the machine has made, if it had to."""
    if not home.machine_file.exists():
        return None
    found: str | None = json.loads(home.machine_file.read_text()).get("baseImage")
    return found


@contextmanager
def clone() -> Iterator[Clone]:
    """Nothing is deployed in it; whatever is at the end is taken away."""
    with tempfile.TemporaryDirectory(prefix="acr-lab-bench-") as folder:
        made = _make(Path(folder))
        try:
            yield made
        finally:
            made.embedded("azure", "reset", "--yes")


def _make(folder: Path) -> Clone:
    root, home, user = folder / "clone", folder / "home", folder / "user"
    _copy(root)
    home.mkdir(mode=0o700)
    user.mkdir()
    (root / ".venv").symlink_to(sys.prefix)
    known = Home.find()
    if known.machine_file.exists():
        shutil.copy2(known.machine_file, home / "machine.json")
    # Python keeps its bytecode unless told not to: it does so for who uses this.
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment = {
        **inherited,
        "HOME": str(user),
        "EMBEDDED_HOME": str(home),
        "EMBEDDED_PORT": str(free_port()),
        "EMBEDDED_ENGINE": "embedded",
    }
    return Clone(root, environment)


def _copy(root: Path) -> None:
    """All files that git knows, and those that are new."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(listed, cwd=PROJECT, text=True).split("\0")
    for name in filter(None, names):
        source = PROJECT / name
        if source.is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, root / name)
