"""The program stands without embedded/: it type-checks and its own tests pass."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
#: What a tree without the embedded part still has.
KEPT = [
    "__main__.py",
    *sorted(one.name for one in PROJECT.glob("Pulumi*.yaml")),
    "pyproject.toml",
    "infra",
    "policy",
    "app",
    "tests/hurry.py",
    "tests/on_mocks.py",
    "tests/ports.py",
    "tests/test_instance.py",
    "tests/test_program.py",
    "tests/infra",
    "tests/app",
    "tests/policy",
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in KEPT:
        source, target = PROJECT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            ignore = shutil.ignore_patterns("__pycache__", ".mypy_cache")
            shutil.copytree(source, target, ignore=ignore)
        elif source.exists():
            shutil.copy2(source, target)
    return tmp_path


def run(tree: Path, *command: str) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        check=False,
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_the_program_alone_type_checks(tree: Path) -> None:
    # The libraries are checked once: their types are many.
    cache = ("--cache-dir", str(PROJECT / ".mypy_cache"))
    run(tree, "mypy", *cache, "__main__.py", "infra", "policy", "app/web")


def test_the_program_alone_passes_its_tests(tree: Path) -> None:
    run(tree, "pytest", "-q", "-p", "no:cacheprovider")
