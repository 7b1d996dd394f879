"""What a deployment tells while it runs: the seam between engine and screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from embedded.engine.plan import Kind, Op
from embedded.engine.values import Properties

Severity = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True)
class Step:
    """One resource and what happens to it."""

    op: Op
    urn: str
    type: str
    name: str
    details: Mapping[str, Kind] = field(default_factory=dict)
    old: Properties = field(default_factory=dict)
    new: Properties = field(default_factory=dict)


class Events(Protocol):
    """Called from many threads at once."""

    def started(self, step: Step) -> None: ...

    def finished(self, step: Step, seconds: float) -> None: ...

    def failed(self, step: Step, message: str) -> None: ...

    def message(
        self, severity: Severity, text: str, urn: str = "", *, ephemeral: bool = False
    ) -> None:
        """A word of a provider, of the program or of the engine itself."""

    def output(self, line: str) -> None:
        """A line that the program wrote to its standard output or error."""
