"""Virtual environments, made once and brought up to date when needed: ``.venv``."""

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


def prepare(
    project: Path,
    requirements: Sequence[str],
    home: Home,
    *,
    name: str = ".venv",
    exactly: bool = False,
) -> Path:
    """The environment's interpreter, with all that the requirement files name.

    ``requirements`` are paths below the project, and ``name`` is the environment's
    folder there; ``exactly`` installs what they list and nothing that it depends on.
    Nothing is done when the same files were installed before. Raises PythonTooOld,
    CommandFailed, PackagesMissing.
    """
    if sys.version_info < OLDEST:
        raise PythonTooOld(".".join(map(str, sys.version_info[:3])))
    folder = project / name
    python = folder / "bin" / "python"
    stamp = folder / "installed"
    wanted = _fingerprints(project, requirements)
    installed = stamp.read_text().splitlines() if stamp.exists() else []
    if python.exists() and set(wanted) <= set(installed):
        return python
    if not _has_pip(folder):
        _create(folder, home)
    _install(python, project, requirements, home, exactly)
    stamp.write_text("\n".join(sorted(wanted)) + "\n")
    return python


def _create(folder: Path, home: Home) -> None:
    # Debian's python3 comes without ensurepip, which is in a package of its own.
    if importlib.util.find_spec("ensurepip") is None:
        packages.install(["python3-venv"], home)
    say(f"Making the virtual environment {folder.name}/")
    shutil.rmtree(folder, ignore_errors=True)
    run([sys.executable, "-m", "venv", str(folder)], home.log("machine"))


def _has_pip(folder: Path) -> bool:
    """Whether it was made to its end: pip comes last, and of that its RECORD."""
    records = folder.glob("lib/python*/site-packages/pip-*.dist-info/RECORD")
    return (folder / "bin" / "python").exists() and any(records)


def _install(
    python: Path, project: Path, requirements: Sequence[str], home: Home, exactly: bool
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
    options = ["--no-deps"] if exactly else []
    run([*pip, *options, *files], home.log("machine"))


def _fingerprints(project: Path, requirements: Sequence[str]) -> list[str]:
    return [
        f"{name} {hashlib.sha256((project / name).read_bytes()).hexdigest()}"
        for name in requirements
    ]
