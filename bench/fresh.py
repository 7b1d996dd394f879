"""`make up` from nothing, by phase: what the set-up of this machine wrote down.

It cannot be run on a machine that is set up. Each phase is the longest that it took
since the home folder was made, which is the time that it did the work. Where another
command was the first, its time stands for that of `make up`: it does the same, and
`make test` installs its own tools on top.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.figure import Figure, NotMeasurable, measured, not_measured
from embedded.home import Home
from embedded.machine.durations import Durations, read

TITLE = "`make up` from nothing"
PHASES = ("environment", "engine", "base image", "deployment")
#: Seconds: what took less was there before, and was only looked at.
SKIPPED = 1.0


def measure() -> Sequence[Figure]:
    return figures(read(Home.find()))


def figures(known: Durations) -> list[Figure]:
    """One figure for each phase, and their sum if all were done. Raises NotMeasurable
    if none was."""
    found = {phase: slowest(known, phase) for phase in PHASES}
    done = {phase: one for phase, one in found.items() if one is not None}
    if not done:
        raise NotMeasurable("no set-up of this machine was noted")
    rows = [_row(phase, found[phase]) for phase in PHASES]
    if len(done) < len(PHASES):
        return rows
    whole = sum(seconds for _, seconds in done.values())
    return [*rows, measured(f"{TITLE}: all", [whole], "s", None, "sum")]


def slowest(known: Durations, phase: str) -> tuple[str, float] | None:
    """The command that did a phase, and its seconds; `make up` goes before others."""
    times = [
        (name != "up", -phases[phase], name)
        for name, phases in known.items()
        if phases.get(phase, 0.0) >= SKIPPED
    ]
    if not times:
        return None
    _, seconds, name = min(times)
    return name, -seconds


def _row(phase: str, one: tuple[str, float] | None) -> Figure:
    title = f"{TITLE}: {phase}"
    if one is None:
        return not_measured(title, "it was there before")
    command, seconds = one
    return measured(title, [seconds], "s", None, f"once, by `make {command}`")
