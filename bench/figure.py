"""One figure: what was measured, against what limit, and the samples behind it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

T = TypeVar("T")

#: How often each thing is measured, at least.
ROUNDS = 5


class NotMeasurable(Exception):
    """The machine lacks something that the figure needs; the message says what."""


@dataclass(frozen=True)
class Figure:
    """``value`` is the median of ``samples``, in ``unit``: ``x`` for a ratio.

    ``limit`` is the largest value that is good; None for what is only told. ``basis``
    says what a ratio is to, or what was counted. ``reason`` stands in for a value that
    could not be measured.
    """

    name: str
    value: float | None
    unit: str
    limit: float | None
    basis: str
    samples: tuple[float, ...] = ()
    reason: str = ""

    @property
    def verdict(self) -> str:
        if self.value is None:
            return f"not measured: {self.reason}"
        if self.limit is None:
            return ""
        return "met" if self.value <= self.limit else "missed"


def measured(
    name: str, samples: Sequence[float], unit: str, limit: float | None, basis: str
) -> Figure:
    """The median of the samples."""
    return Figure(name, median(samples), unit, limit, basis, tuple(samples))


def ratio(
    name: str, pairs: Sequence[tuple[float, float]], limit: float, than: str
) -> Figure:
    """The median of the ratios of neighbours: ours and the other's, in seconds.

    Neighbours ran one after the other, so that a machine that is slow for a while is
    slow for both.
    """
    ours, others = (median(side) for side in zip(*pairs, strict=True))
    basis = f"{seconds(ours)} to {seconds(others)} of {than}"
    return measured(name, [a / b for a, b in pairs], "x", limit, basis)


def not_measured(name: str, reason: str) -> Figure:
    return Figure(name, None, "", None, "", (), reason)


def alternate(
    ours: Callable[[], T], other: Callable[[], T], rounds: int = ROUNDS
) -> list[tuple[T, T]]:
    """Both sides in turn, after one round that does not count."""
    ours(), other()
    return [(ours(), other()) for _ in range(rounds)]


def seconds(value: float) -> str:
    """``1.25 s`` or ``3.1 ms``."""
    return f"{value:.2f} s" if value >= 0.1 else f"{value * 1000:.1f} ms"


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """Gives the seconds since the block was entered."""
    start = time.perf_counter()
    yield lambda: time.perf_counter() - start
