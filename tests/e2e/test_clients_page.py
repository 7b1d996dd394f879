"""docs/clients.md: every command and program on it, as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

Clone = Any
pytestmark = [pytest.mark.docker, pytest.mark.az, pytest.mark.skopeo]
PROJECT = Path(__file__).resolve().parents[2]
#: What differs from run to run: ids and digests, times, ports, addresses.
VARYING = (
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "GUID"),
    (r"sha256:[0-9a-f]{64}", "DIGEST"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
    (r"localhost:\d+", "SERVER"),
    (r"\b127(\.\d+){3}\b", "ADDRESS"),
    (r":[0-9a-f]{16}\b", ":TAG"),
    (r"(acr-?lab)[0-9a-f]{8}\b", r"\1SUFFIX"),
    (r"-+", "-"),
    (r"[ \t]+", " "),
)


def blocks(kind: str) -> list[str]:
    page = (PROJECT / "docs" / "clients.md").read_text()
    return re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL)


def steps() -> list[tuple[str, list[str]]]:
    """Each command and the lines that it prints."""
    found: list[tuple[str, list[str]]] = []
    for line in "".join(blocks("console")).splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        else:
            found[-1][1].append(line)
    return found


def constant(text: str) -> list[str]:
    """The lines of an output without what varies."""
    for pattern, word in VARYING:
        text = re.sub(pattern, word, text)
    return sorted(filter(None, (line.strip() for line in text.splitlines())))


@pytest.fixture(scope="module")
def shell(shared_clone: Clone) -> subprocess.CompletedProcess[str]:
    """One shell that ran all commands, then the program; a line ``@@`` before each."""
    shared_clone.up()
    (shared_clone.root / "page.py").write_text("".join(blocks("python")))
    commands = [command for command, _ in steps()]
    lines = [*commands, ".venv/bin/python page.py"]
    path = f"{PROJECT / '.venv-az' / 'bin'}:{os.environ['PATH']}"
    own = {"AZURE_CORE_COLLECT_TELEMETRY": "false", "PATH": path}
    return subprocess.run(
        ["bash", "-eu"],
        check=False,
        cwd=shared_clone.root,
        env={**os.environ, **shared_clone.environment, **own},
        input="".join(f"printf '@@\\n'\n{line}\n" for line in lines),
        capture_output=True,
        text=True,
        timeout=240,
    )


def test_every_command_on_the_page_prints_what_stands_there(
    shell: subprocess.CompletedProcess[str],
) -> None:
    assert shell.returncode == 0, shell.stdout + shell.stderr
    printed = shell.stdout.split("@@\n")[1:]
    expected = [told for _, told in steps()] + ["".join(blocks("text")).splitlines()]
    for told, said in zip(expected, printed, strict=True):
        assert constant(said) == constant("\n".join(told))


def test_nothing_of_the_users_own_was_written(
    shell: subprocess.CompletedProcess[str], shared_clone: Clone
) -> None:
    assert shell.returncode == 0
    user = Path(shared_clone.environment["HOME"])
    assert not (user / ".azure").exists()
    assert not (user / ".docker").exists()
