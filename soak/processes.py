"""The processes of one tree: found by their command lines and parents, in ``/proc``."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from soak.moments import Victim

PROVIDERS = ("embedded.providers.docker", "embedded.providers.azure_native")


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where to look: a tree, its home, the command that runs, the private dockerd."""

    tree: str
    home: str
    engine: int | None = None
    dockerd: int | None = None


def table() -> list[Process]:
    """All processes of the machine that still run."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError, IndexError):
                found.append(_read(folder))
    return [one for one in found if one.words]


def find(victim: Victim, place: Place, processes: Iterable[Process]) -> list[int]:
    """The pids that a victim's name stands for, in this place alone."""
    if victim == "engine":
        return [place.engine] if place.engine else []
    if victim == "dockerd":
        return [place.dockerd] if place.dockerd else []
    rows = list(processes)
    if victim == "azure":
        return [one.pid for one in rows if _is_azure(one, place)]
    if victim == "distribution":
        return [one.pid for one in rows if _is_distribution(one, place)]
    children = descendants(rows, place.engine) if place.engine else []
    is_wanted = _is_provider if victim == "provider" else _is_program
    return [one.pid for one in children if is_wanted(one)]


def descendants(processes: Iterable[Process], root: int) -> list[Process]:
    """Children, their children, and so on."""
    rows = list(processes)
    found: list[Process] = []
    parents = {root}
    while parents:
        level = [one for one in rows if one.parent in parents]
        found += level
        parents = {one.pid for one in level}
    return found


def of_tree(place: Place, processes: Iterable[Process]) -> list[Process]:
    """Everything that runs out of the tree or for its home, but for this process."""
    inside = (f"{place.tree}/", f"{place.home}/")
    return [
        one
        for one in processes
        if one.pid != os.getpid() and any(w.startswith(inside) for w in one.words)
    ]


def kill(pid: int) -> bool:
    """Whether it was there to be killed."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def wait_for_end(pids: Iterable[int], seconds: float) -> list[int]:
    """Those that are still there after so long."""
    end = time.monotonic() + seconds
    left = list(pids)
    while left and time.monotonic() < end:
        left = [pid for pid in left if _runs(pid)]
        time.sleep(0.02)
    return left


def _read(folder: Path) -> Process:
    words = folder.joinpath("cmdline").read_bytes().decode(errors="replace")
    # The name of the program may have blanks and brackets in it.
    fields = folder.joinpath("stat").read_text().rpartition(")")[2].split()
    alive = () if fields[0] == "Z" else tuple(filter(None, words.split("\0")))
    return Process(int(folder.name), int(fields[1]), alive)


def _runs(pid: int) -> bool:
    try:
        return bool(_read(Path(f"/proc/{pid}")).words)
    except (OSError, IndexError):
        return False


def _is_azure(one: Process, place: Place) -> bool:
    return "embedded.azure" in one.words and f"{place.home}/azure" in one.words


def _is_distribution(one: Process, place: Place) -> bool:
    folder = f"{place.home}/azure/registries/"
    return any(w.startswith(folder) and w.endswith("config.yml") for w in one.words)


def _is_provider(one: Process) -> bool:
    return any(name in one.words for name in PROVIDERS)


def _is_program(one: Process) -> bool:
    return any(word.endswith("/embedded/engine/child.py") for word in one.words)
