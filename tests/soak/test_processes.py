"""Whose processes are found: those of one tree, and no others of their names."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from soak import processes
from soak.processes import Place, Process, find, of_tree

TREE = "/t/tree"
HOME = "/t/tree/.embedded"
PYTHON = f"{TREE}/.venv/bin/python"
PLACE = Place(TREE, HOME, engine=10, dockerd=77)
CONFIG = f"{HOME}/azure/registries/acrlab1/config.yml"
ROWS = [
    Process(10, 1, (PYTHON, "-m", "embedded", "up", "--yes")),
    Process(11, 10, (PYTHON, "-u", f"{TREE}/embedded/engine/child.py", "--stack")),
    Process(12, 10, (PYTHON, "-m", "embedded.providers.docker", "127.0.0.1:1")),
    Process(13, 10, (PYTHON, "-m", "embedded.providers.azure_native", "127.0.0.1:1")),
    Process(20, 1, (PYTHON, "-m", "embedded.azure", "--home", f"{HOME}/azure")),
    Process(21, 20, ("/usr/bin/docker-registry", "serve", CONFIG)),
]
#: The same parts of somebody else.
FOREIGN = [
    Process(30, 1, ("/o/python", "-m", "embedded", "up", "--yes")),
    Process(31, 30, ("/o/python", "-u", "/o/embedded/engine/child.py")),
    Process(32, 30, ("/o/python", "-m", "embedded.providers.docker", "127.0.0.1:2")),
    Process(40, 1, ("/o/python", "-m", "embedded.azure", "--home", "/o/azure")),
    Process(41, 40, ("docker-registry", "serve", "/o/azure/registries/r/config.yml")),
    Process(50, 1, ("dockerd",)),
    Process(51, 1, (f"{TREE}2/.venv/bin/python", "-m", "embedded", "up")),
]


def test_each_victim_is_found_in_its_own_tree_alone() -> None:
    found = {
        victim: find(victim, PLACE, [*FOREIGN, *ROWS])
        for victim in processes.Victim.__args__  # type: ignore[attr-defined]
    }
    assert found == {
        "azure": [20],
        "engine": [10],
        "provider": [12, 13],
        "program": [11],
        "distribution": [21],
        "dockerd": [77],
    }


def test_without_an_engine_nothing_below_it_is_found() -> None:
    place = Place(TREE, HOME)
    for victim in ("engine", "provider", "program", "dockerd"):
        assert find(victim, place, [*FOREIGN, *ROWS]) == []


def test_all_of_a_tree_and_nothing_else_is_of_the_tree() -> None:
    assert of_tree(PLACE, [*FOREIGN, *ROWS]) == ROWS


def test_a_process_is_read_killed_and_waited_for(tmp_path: Path) -> None:
    mark = f"{tmp_path}/with blanks) and brackets"
    command = [sys.executable, "-c", "import time; time.sleep(600)", mark]
    with subprocess.Popen(command) as process:
        row = _wait_for(mark)
        assert (row.pid, row.parent) == (process.pid, os.getpid())
        assert processes.wait_for_end([row.pid], 0.1) == [row.pid]
        assert processes.kill(row.pid)
        # It is dead for us also while nobody has asked for its exit code.
        assert processes.wait_for_end([row.pid], 5) == []
    assert not processes.kill(row.pid)


def _wait_for(mark: str) -> processes.Process:
    """Its row. Linux shows a command line only some moments after a process runs it."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        for one in processes.table():
            if mark in one.words:
                return one
    raise AssertionError(f"no process with {mark!r} among its words")
