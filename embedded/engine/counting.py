"""Events on their way to the screen, counted."""

from __future__ import annotations

import threading
from collections import Counter

from embedded.engine.events import Events, Severity, Step


class Counting:
    """Passes events on, and counts the steps that end well."""

    def __init__(self, inner: Events) -> None:
        self._inner = inner
        self._lock = threading.Lock()
        self.changes: Counter[str] = Counter()
        self.failed_steps = 0

    def started(self, step: Step) -> None:
        self._inner.started(step)

    def finished(self, step: Step, seconds: float) -> None:
        with self._lock:
            if step.op != "delete-replaced":  # half of a replacement
                self.changes[step.op] += 1
        self._inner.finished(step, seconds)

    def failed(self, step: Step, message: str) -> None:
        with self._lock:
            self.failed_steps += 1
        self._inner.failed(step, message)

    def message(
        self, severity: Severity, text: str, urn: str = "", *, ephemeral: bool = False
    ) -> None:
        self._inner.message(severity, text, urn, ephemeral=ephemeral)

    def output(self, line: str) -> None:
        self._inner.output(line)
