"""The local Azure as a process, started and stopped by commands."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ports import free_port

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Command:
    """``python -m embedded azure …``: the exit code. ``own`` is its surroundings."""

    own: dict[str, str]

    def __call__(self, word: str) -> int:
        done = subprocess.run(
            [sys.executable, "-m", "embedded", "azure", word],
            check=False,
            cwd=PROJECT,
            env={**os.environ, **self.own},
            stdout=subprocess.DEVNULL,
        )
        return done.returncode


@pytest.fixture
def azure(tmp_path: Path) -> Iterator[Command]:
    """On a home of its own."""
    run = at(tmp_path)
    yield run
    run("stop")


def at(home: Path) -> Command:
    return Command({"EMBEDDED_HOME": str(home), "EMBEDDED_PORT": str(free_port())})


def pid_of(home: Path) -> int:
    known = json.loads((home / "azure" / "connection.json").read_text())
    return int(known["pid"])


def answers(home: Path) -> bool:
    known = json.loads((home / "azure" / "connection.json").read_text())
    port = int(known["armEndpoint"].rpartition(":")[2])
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_one_that_runs_is_used_by_the_next_command(
    azure: Command, tmp_path: Path
) -> None:
    assert azure("start") == 0
    first = pid_of(tmp_path)
    assert azure("start") == 0
    assert pid_of(tmp_path) == first
    assert azure("stop") == 0
    assert azure("status") == 1


@pytest.mark.parametrize("told", [True, False])
def test_one_whose_stop_was_cut_off_is_not_taken_for_one_that_serves(
    azure: Command, tmp_path: Path, told: bool
) -> None:
    azure("start")
    first = pid_of(tmp_path)
    # What a `destroy` that is killed while it stops the local Azure leaves behind.
    (tmp_path / "stopping").touch()
    if told:
        os.kill(first, signal.SIGTERM)
    assert azure("start") == 0
    second = pid_of(tmp_path)
    assert second != first
    assert answers(tmp_path)
    azure("start")
    assert pid_of(tmp_path) == second


def test_another_clone_s_is_neither_taken_for_one_s_own_nor_ended(
    azure: Command, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """After a restart of the machine it may have the number that is in our file."""
    azure("start")
    home = tmp_path_factory.mktemp("other")
    shutil.copytree(tmp_path / "azure", home / "azure")
    other = at(home)
    assert other("status") == 1
    assert other("stop") == 0
    assert answers(tmp_path)
    assert azure("status") == 0


def test_one_whose_starter_was_killed_is_waited_for(tmp_path: Path) -> None:
    run = at(tmp_path)
    command = [sys.executable, "-m", "embedded", "azure", "start"]
    starter = subprocess.Popen(command, cwd=PROJECT, env={**os.environ, **run.own})
    while not children(starter.pid):
        time.sleep(0.005)
    starter.kill()
    starter.wait()
    try:
        assert run("start") == 0
        assert answers(tmp_path)
        assert run("status") == 0
    finally:
        run("stop")


def children(pid: int) -> str:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().strip()
