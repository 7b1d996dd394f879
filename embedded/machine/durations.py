"""How long the phases of a set-up took, for the figures in ``docs/performance.md``.

Of each phase the longest time is kept, by the command that it was done for: the time
that it did the work and was not skipped.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from embedded.home import Home

#: Command (``up``, ``test``, …) -> phase -> seconds.
Durations = dict[str, dict[str, float]]


@contextmanager
def measured(home: Home, command: str, phase: str) -> Iterator[None]:
    """Note the seconds of the block, if it ends well."""
    start = time.monotonic()
    yield
    note(home, command, phase, time.monotonic() - start)


def note(home: Home, command: str, phase: str, seconds: float) -> None:
    known = read(home)
    phases = known.setdefault(command, {})
    if seconds > phases.get(phase, 0.0):
        phases[phase] = round(seconds, 2)
        home.durations_file.write_text(json.dumps(known) + "\n")


def read(home: Home) -> Durations:
    """Empty where nothing was noted, or not in this form."""
    try:
        found = json.loads(home.durations_file.read_text())
        return {name: dict(phases) for name, phases in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
