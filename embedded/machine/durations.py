"""How long the phases of ``make up`` took, for the figures in ``docs/performance.md``.

Only the longest of each is kept: the time that it did the work and was not skipped.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from embedded.home import Home


@contextmanager
def measured(home: Home, phase: str) -> Iterator[None]:
    """Note the seconds of the block, if it ends well."""
    start = time.monotonic()
    yield
    note(home, phase, time.monotonic() - start)


def note(home: Home, phase: str, seconds: float) -> None:
    known = read(home)
    if seconds > known.get(phase, 0.0):
        known[phase] = round(seconds, 2)
        home.durations_file.write_text(json.dumps(known) + "\n")


def read(home: Home) -> dict[str, float]:
    """Phase -> seconds; empty where nothing was noted."""
    try:
        found: dict[str, float] = json.loads(home.durations_file.read_text())
    except (OSError, ValueError):
        return {}
    return found
