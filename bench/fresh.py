"""`make up` from nothing, by phase: what the set-up of this machine wrote down.

It cannot be run on a machine that is set up. Each phase is the longest that it took
since the home folder was made, which is the time that it did the work.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.figure import Figure, NotMeasurable, measured
from embedded.home import Home
from embedded.machine.durations import read

TITLE = "`make up` from nothing"
PHASES = ("environment", "engine", "base image", "deployment")
#: Seconds: an environment that took less was there before.
SKIPPED = 1.0


def measure() -> Sequence[Figure]:
    known = read(Home.find())
    if known.get("environment", 0.0) < SKIPPED:
        raise NotMeasurable("it was not `make up` that set this machine up")
    found = [
        measured(f"{TITLE}: {name}", [known[name]], "s", None, "once")
        for name in PHASES
        if name in known
    ]
    whole = sum(known[name] for name in PHASES if name in known)
    return [*found, measured(f"{TITLE}: all", [whole], "s", None, "sum")]
