"""What the state file says, read as Pulumi's format and not with the engine's code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]
#: Of resources: (type, name)
Names = frozenset[tuple[str, str]]


class Unreadable(Exception):
    """The file is no Pulumi state."""


#: Of the format; the second one is for states that use features, such as hooks.
VERSIONS = (3, 4)


@dataclass(frozen=True)
class Resource:
    name: str
    type: str
    id: str
    outputs: Json
    #: Not what the stack wants, but what still has to go.
    doomed: bool

    @property
    def is_arm(self) -> bool:
        return self.type.startswith("azure-native:")


@dataclass(frozen=True)
class Pending:
    """What was under way; ``kind`` is Pulumi's word, such as `creating`."""

    kind: str
    type: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name} ({self.type})"


@dataclass(frozen=True)
class State:
    resources: tuple[Resource, ...] = ()
    pending: tuple[Pending, ...] = ()
    outputs: Json | None = None

    @property
    def names(self) -> Names:
        return frozenset((one.type, one.name) for one in self.resources)

    def of_type(self, type_: str) -> list[Resource]:
        return [one for one in self.resources if one.type == type_]


def read(file: Path) -> State:
    """Empty for a stack that was never deployed. Raises Unreadable."""
    if not file.exists():
        return State()
    try:
        return parse(json.loads(file.read_text()))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"{file}: {type(error).__name__}: {error}") from error


def parse(body: Json) -> State:
    if body["version"] not in VERSIONS:
        raise ValueError(f"version {body['version']}")
    latest = body["checkpoint"]["latest"] or {}
    rows = [one for one in latest.get("resources", []) if not _is_internal(one)]
    stacks = [one for one in rows if one["type"] == "pulumi:pulumi:Stack"]
    return State(
        tuple(map(_resource, rows)),
        tuple(
            Pending(one["type"], one["resource"]["type"], _name(one["resource"]))
            for one in latest.get("pending_operations") or []
        ),
        stacks[0].get("outputs") if stacks else None,
    )


def _resource(row: Json) -> Resource:
    return Resource(
        _name(row),
        row["type"],
        row.get("id", ""),
        row.get("outputs") or {},
        bool(row.get("delete") or row.get("pendingReplacement")),
    )


def _name(row: Json) -> str:
    return str(row["urn"]).rsplit("::", 1)[-1]


def _is_internal(row: Json) -> bool:
    return str(row["type"]).startswith("pulumi:providers:")
