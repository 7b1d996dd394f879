"""Somebody else who writes to the local Azure all the time, and remembers its answers.

What was answered with 2xx before the kill must be there after the next start.
"""

from __future__ import annotations

import threading
from pathlib import Path

import httpx

from soak.arm import Arm

GROUP = "soak-witness"
#: Seconds between two writes.
PAUSE = 0.02


class Witness:
    """``home`` is the folder of the local Azure, which need not be there yet."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        #: The number of the last write that was acknowledged.
        self.acknowledged = 0

    def __enter__(self) -> Witness:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write no more."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                with Arm(self._home) as arm:
                    self._write(arm)
            except (OSError, ValueError, httpx.HTTPError):
                self._over.wait(PAUSE)

    def _write(self, arm: Arm) -> None:
        number = self.acknowledged
        while not self._over.wait(PAUSE):
            # Also a write that got no answer may be there: no number comes twice.
            number += 1
            arm.put_group(GROUP, {"number": str(number)})
            self.acknowledged = number

    def lost(self, arm: Arm) -> str | None:
        """What was acknowledged and is not there."""
        if not self.acknowledged:
            return None
        rows = [one for one in arm.groups() if one["name"] == GROUP]
        found = int(rows[0]["tags"]["number"]) if rows else 0
        if found >= self.acknowledged:
            return None
        return f"write {self.acknowledged} was acknowledged, and {found} is there"
