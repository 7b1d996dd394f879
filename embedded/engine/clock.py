"""Where the time of a deployment goes: one phase after the other, with no gap."""

from __future__ import annotations

import threading
import time


class Clock:
    """``phases``: name -> seconds so far, in the order in which they began."""

    def __init__(self, first: str) -> None:
        self.phases: dict[str, float] = {}
        self._lock = threading.Lock()
        self._name = first
        self._since = time.monotonic()

    def enter(self, name: str) -> None:
        """End the phase that runs, and begin or continue another."""
        with self._lock:
            now = time.monotonic()
            before = self.phases.get(self._name, 0.0)
            self.phases[self._name] = before + now - self._since
            self._name, self._since = name, now

    def stop(self) -> None:
        self.enter(self._name)
