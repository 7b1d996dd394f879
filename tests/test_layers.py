"""Imports go one way, from the program down to published protocols."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent

#: Part of the tree -> what of this project it may import.
ALLOWED = {
    "__main__.py": ("infra",),
    "infra": ("infra",),
    "policy": ("policy",),
    "app": ("app",),
    "bench": ("bench", "embedded"),
    "embedded/engine": ("embedded.engine",),
    "embedded/providers": ("embedded.providers", "embedded.stubs"),
    "embedded/azure": ("embedded.azure",),
    "embedded/machine": ("embedded.machine", "embedded.home"),
    "soak": ("soak",),
    "pipeline": ("pipeline",),
}


def imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def files(part: str) -> list[Path]:
    path = PROJECT / part
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


@pytest.mark.parametrize("part", ALLOWED)
def test_a_part_imports_only_what_lies_below_it(part: str) -> None:
    own = ("embedded", "infra", "policy", "app", "tests", "bench", "soak", "pipeline")
    wrong = {
        f"{file.relative_to(PROJECT)} imports {name}"
        for file in files(part)
        for name in imports(file)
        if name.split(".")[0] in own
        and not any(f"{name}.".startswith(f"{allowed}.") for allowed in ALLOWED[part])
    }
    assert not wrong


def test_the_set_up_of_a_machine_needs_the_standard_library_only() -> None:
    known = set(sys.stdlib_module_names) | {"embedded"}
    sources = [*files("embedded/machine"), PROJECT / "embedded" / "home.py"]
    names = {name.split(".")[0] for file in sources for name in imports(file)}
    assert names <= known


@pytest.mark.parametrize("service", ["registry", "instance", "identity", "resources"])
def test_a_service_of_the_local_azure_knows_no_other(service: str) -> None:
    services = {
        "registry",
        "instance",
        "identity",
        "resources",
        "authorization",
        "entra",
    }
    wrong = {
        f"{file.relative_to(PROJECT)} imports {name}"
        for file in files(f"embedded/azure/{service}")
        for name in imports(file)
        if name.startswith("embedded.azure.")
        and name.split(".")[2] in services - {service}
    }
    assert not wrong
