"""Property values as the engine holds them. Sans-I/O.

Plain values are ``None``, ``bool``, ``float``, ``str``, ``list`` and ``dict``; all
numbers are floats, as on the wire. The rest are the marker classes below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

#: A property value; the only honest static type for JSON-like data.
Value = Any
#: Property name -> value.
Properties = dict[str, Value]


class Unknown:
    """A value that only the deployment itself will tell. Use the one ``UNKNOWN``."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that is encrypted at rest and masked on every screen."""

    value: Value


@dataclass(frozen=True)
class Asset:
    """A file, text or URI, in the wire's own form (the signature map)."""

    fields: tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class Archive:
    """As ``Asset``, for archives."""

    fields: tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class ResourceReference:
    """A resource used as a value."""

    urn: str
    id: Value
    package_version: str = ""


@dataclass(frozen=True)
class OutputValue:
    """A value with its dependencies (remote components only)."""

    value: Value
    known: bool
    secret: bool
    dependencies: tuple[str, ...]
