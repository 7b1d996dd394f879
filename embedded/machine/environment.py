"""The virtual environment in ``.venv``: made once, brought up to date when needed."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from embedded.home import Home
from embedded.machine import packages
from embedded.machine.command import run, say
from embedded.machine.errors import PythonTooOld

OLDEST = (3, 11)


def prepare(project: Path, requirements: Sequence[str], home: Home) -> Path:
    """The environment's interpreter, with all that the requirement files name.

    ``requirements`` are paths below the project. Nothing is done when the same files
    were installed before. Raises PythonTooOld, CommandFailed, PackagesMissing.
    """
    if sys.version_info < OLDEST:
        raise PythonTooOld(".".join(map(str, sys.version_info[:3])))
    folder = project / ".venv"
    python = folder / "bin" / "python"
    stamp = folder / "installed"
    wanted = _fingerprints(project, requirements)
    installed = stamp.read_text().splitlines() if stamp.exists() else []
    if python.exists() and set(wanted) <= set(installed):
        return python
    if not python.exists():
        _create(folder, home)
    _install(python, project, requirements, home)
    stamp.write_text("\n".join(sorted(wanted)) + "\n")
    return python


def _create(folder: Path, home: Home) -> None:
    # Debian's python3 comes without ensurepip, which is in a package of its own.
    if importlib.util.find_spec("ensurepip") is None:
        packages.install(["python3-venv"], home)
    say(f"Making the virtual environment {folder.name}/")
    shutil.rmtree(folder, ignore_errors=True)
    run([sys.executable, "-m", "venv", str(folder)], home.log("machine"))


def _install(
    python: Path, project: Path, requirements: Sequence[str], home: Home
) -> None:
    say(f"Installing Python packages: {', '.join(requirements)}")
    files = [part for name in requirements for part in ("-r", str(project / name))]
    pip = [
        str(python),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    run([*pip, *files], home.log("machine"))


def _fingerprints(project: Path, requirements: Sequence[str]) -> list[str]:
    return [
        f"{name} {hashlib.sha256((project / name).read_bytes()).hexdigest()}"
        for name in requirements
    ]
