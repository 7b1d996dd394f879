"""The embedded Azure: start to first ARM answer, and what it holds when idle."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench import cloud
from bench.cloud import GROUPS, good
from bench.figure import ROUNDS, Figure, measured, stopwatch
from bench.machine import resident

TITLE = "embedded Azure, start"
SECONDS, MEGABYTES = 1.0, 100.0
#: Seconds that it is left alone before its memory is looked at.
REST = 2.0


def measure() -> Sequence[Figure]:
    fresh = [start_fresh() for _ in range(ROUNDS)]
    with tempfile.TemporaryDirectory(prefix="acr-lab-bench-") as folder:
        home = Path(folder, "azure")
        started = [start(home) for _ in range(ROUNDS + 1)][1:]
        idle = [start(home, rest=REST)[1] for _ in range(ROUNDS)]
    again = [seconds for seconds, _ in started]
    counted = "process start, sign-in, GET of the resource groups"
    return [
        measured("embedded Azure, first start", fresh, "s", SECONDS, counted),
        measured("embedded Azure, start", again, "s", SECONDS, counted),
        measured(
            "embedded Azure, idle",
            idle,
            "MB",
            MEGABYTES,
            "resident, with nothing in it",
        ),
    ]


def start_fresh() -> float:
    """With a CA, certificates and a store to make."""
    with tempfile.TemporaryDirectory(prefix="acr-lab-bench-") as folder:
        return start(Path(folder, "azure"))[0]


def start(home: Path, *, rest: float = 0.0) -> tuple[float, float]:
    """Seconds to the first answer, and megabytes after a rest."""
    with stopwatch() as seconds:
        azure = cloud.spawn(home)
        try:
            cloud.ready(azure)
            with azure.arm() as arm:
                good(arm.get(f"{azure.subscription}/resourcegroups", params=GROUPS))
            taken = seconds()
            time.sleep(rest)
            return taken, resident(azure.process.pid)
        finally:
            cloud.stop(azure)
