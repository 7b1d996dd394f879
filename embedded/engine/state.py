"""The state of a stack as data, and the rules that keep it sound. Sans-I/O.

Field names and meaning: Pulumi's deployment format, version 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from embedded.engine.values import Properties, Value


@dataclass(frozen=True)
class Resource:
    """One resource of the state. Times are RFC 3339 in UTC; ``''`` means unset."""

    urn: str
    type: str
    custom: bool
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)
    parent: str = ""
    protect: bool = False
    external: bool = False
    delete: bool = False
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    provider: str = ""
    init_errors: tuple[str, ...] = ()
    pending_replacement: bool = False
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    #: create / update / delete -> seconds
    custom_timeouts: Mapping[str, float] = field(default_factory=dict)
    import_id: str = ""
    retain_on_delete: bool = False
    deleted_with: str = ""
    created: str = ""
    modified: str = ""
    source_position: str = ""
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    hide_diff: tuple[str, ...] = ()
    #: Fields that this engine does not interpret but must not lose.
    extra: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """A step that was under way: creating, updating, deleting, reading, importing."""

    resource: Resource
    type: str


@dataclass(frozen=True)
class Snapshot:
    """All that is known of a stack. Every dependency stands before its dependent."""

    resources: tuple[Resource, ...] = ()
    pending_operations: tuple[Operation, ...] = ()
    #: The manifest's time and version, of whoever wrote it last.
    time: str = ""
    version: str = ""
    metadata: Mapping[str, Value] = field(default_factory=dict)
