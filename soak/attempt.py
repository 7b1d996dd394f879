"""One command with a kill in its middle, and one without, to learn its times from."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from soak import processes
from soak.moments import VICTIMS, Moment, Victim, Window
from soak.processes import Place
from soak.tree import Done, Running, Tree

#: Seconds between two looks at the process table.
PAUSE = 0.03


@dataclass(frozen=True)
class Hit:
    """``second`` None: there was nobody to kill."""

    second: float | None
    done: Done


def kill_within(
    tree: Tree, place: Place, arguments: Sequence[str], moment: Moment, window: Window
) -> Hit:
    """Run the command, and kill the victim at its moment, or as soon as it is there."""
    running = tree.start(*arguments)
    place = replace(place, engine=running.process.pid)
    time.sleep(max(0.0, window.at(moment.fraction) - running.seconds))
    second = None
    while second is None and running.runs:
        pids = processes.find(moment.victim, place, processes.table())
        if pids and processes.kill(pids[int(moment.choice * len(pids))]):
            second = running.seconds
        else:
            time.sleep(PAUSE)
    return Hit(second, running.wait())


def watch(
    tree: Tree, place: Place, arguments: Sequence[str]
) -> tuple[Done, dict[Victim, Window]]:
    """Run the command undisturbed: when which victim lives."""
    running = tree.start(*arguments)
    place = replace(place, engine=running.process.pid)
    windows: dict[Victim, Window] = {}
    while running.runs:
        _look(running, place, windows)
        time.sleep(PAUSE)
    return running.wait(), windows


def _look(running: Running, place: Place, windows: dict[Victim, Window]) -> None:
    rows, now = processes.table(), running.seconds
    for victim in VICTIMS:
        if processes.find(victim, place, rows):
            first = windows[victim].first if victim in windows else now
            windows[victim] = Window(first, now)
