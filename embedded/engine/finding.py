"""What a policy pack said of a resource or of the whole stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: ``remediate``: the pack has changed the inputs itself, and nothing is left to do.
Level = Literal["advisory", "mandatory", "remediate"]


@dataclass(frozen=True)
class Finding:
    """``urn`` is empty for the stack as a whole, ``severity`` where none is said."""

    pack: str
    policy: str
    level: Level
    message: str
    urn: str = ""
    severity: str = ""


@dataclass(frozen=True)
class Review:
    """All that was found. ``packs``: all that were asked, as ``name@vVERSION``."""

    packs: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
