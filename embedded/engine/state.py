"""The state of a stack as data, and the rules that keep it sound. Sans-I/O.

Field names, order and rules: Pulumi's deployment format, version 3
(pulumi/pulumi, sdk/go/common/apitype/core.go and pkg/resource/deploy/snapshot.go).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from embedded.engine.errors import StateDamaged
from embedded.engine.values import Cipher, Properties, Value, from_json, to_json

Json = dict[str, Any]


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
    #: Positions of the frames, innermost first; ``''`` for one outside any file.
    stack_trace: tuple[str, ...] = ()
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    hide_diff: tuple[str, ...] = ()
    #: What replaces the resource when it changes; None for nothing.
    replacement_trigger: Value = None
    #: Kind of hook, such as ``OnError`` -> names that the program gives to hooks.
    hooks: Mapping[str, list[str]] = field(default_factory=dict)
    #: Fields that this engine does not interpret but must not lose.
    extra: Mapping[str, Value] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.urn.rsplit("::", 1)[-1]

    @property
    def error_hooks(self) -> tuple[str, ...]:
        return tuple(self.hooks.get("OnError") or ())

    @property
    def is_provider(self) -> bool:
        return self.type.startswith("pulumi:providers:")

    def references(self) -> Iterator[tuple[str, str]]:
        """(rule, URN) of every resource that must stand earlier in the list."""
        if self.parent:
            yield "parent", self.parent
        if self.deleted_with:
            yield "deletedWith", self.deleted_with
        if self.provider:
            yield "provider", self.provider.rpartition("::")[0]
        for urn in self.dependencies:
            yield "dependency", urn
        for urns in self.property_dependencies.values():
            for urn in urns:
                yield "property dependency", urn


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


def check(snapshot: Snapshot) -> None:
    """Raise StateDamaged if a rule that the CLI checks on load does not hold."""
    seen: set[str] = set()
    live: set[str] = set()
    providers: set[str] = set()
    for resource in snapshot.resources:
        _check_one(resource, seen, providers)
        if not resource.delete and resource.urn in live:
            raise StateDamaged(f"{resource.urn} is in the state twice")
        seen.add(resource.urn)
        if not resource.delete:
            live.add(resource.urn)
        if resource.is_provider:
            providers.add(f"{resource.urn}::{resource.id}")


def _check_one(resource: Resource, seen: set[str], providers: set[str]) -> None:
    texts = (resource.urn, resource.type)
    if not all(isinstance(one, str) and one for one in texts):
        raise StateDamaged("a resource in the state has no URN or no type")
    if resource.id and not resource.custom:
        raise StateDamaged(f"{resource.urn} is a component and has an id")
    if resource.provider and resource.provider not in providers:
        raise StateDamaged(
            f"{resource.urn} names a provider that is not before it: "
            f"{resource.provider}"
        )
    for rule, urn in resource.references():
        if urn not in seen:
            raise StateDamaged(f"{resource.urn} has a {rule} that is missing: {urn}")


#: Our field -> its JSON name, in Go's order.
NAMES = {
    "urn": "urn",
    "custom": "custom",
    "delete": "delete",
    "id": "id",
    "type": "type",
    "inputs": "inputs",
    "outputs": "outputs",
    "parent": "parent",
    "protect": "protect",
    "external": "external",
    "dependencies": "dependencies",
    "init_errors": "initErrors",
    "provider": "provider",
    "property_dependencies": "propertyDependencies",
    "pending_replacement": "pendingReplacement",
    "additional_secret_outputs": "additionalSecretOutputs",
    "aliases": "aliases",
    "custom_timeouts": "customTimeouts",
    "import_id": "importID",
    "retain_on_delete": "retainOnDelete",
    "deleted_with": "deletedWith",
    "created": "created",
    "modified": "modified",
    "source_position": "sourcePosition",
    "stack_trace": "stackTrace",
    "ignore_changes": "ignoreChanges",
    "hide_diff": "hideDiff",
    "replace_on_changes": "replaceOnChanges",
    "replacement_trigger": "replacementTrigger",
    "hooks": "resourceHooks",
}
#: Written even when empty.
ALWAYS = {"urn", "custom", "type"}
#: Read, and never written: they count in the update that they come with.
UNWRITTEN = {"aliases"}
LISTS = {f.name for f in fields(Resource) if f.type == "tuple[str, ...]"}


def resource_to_json(resource: Resource, encrypt: Cipher) -> Json:
    body: Json = {}
    for ours, name in NAMES.items():
        value = getattr(resource, ours)
        if ours in UNWRITTEN or (not value and ours not in ALWAYS):
            continue
        if ours in ("inputs", "outputs", "replacement_trigger"):
            value = to_json(value, encrypt)
        elif ours == "property_dependencies":
            value = {key: list(urns) for key, urns in value.items()}
        elif ours == "custom_timeouts":
            value = to_json(dict(value), encrypt)
        elif ours == "stack_trace":
            value = [{"sourcePosition": one} if one else {} for one in value]
        elif ours in LISTS:
            value = list(value)
        body[name] = value
    return {**body, **resource.extra}


def resource_from_json(body: Json, decrypt: Cipher) -> Resource:
    values: Json = {}
    for ours, name in NAMES.items():
        if name not in body:
            continue
        value = body[name]
        if ours in ("inputs", "outputs"):
            value = {k: from_json(v, decrypt) for k, v in value.items()}
        elif ours == "replacement_trigger":
            value = from_json(value, decrypt)
        elif ours == "property_dependencies":
            value = {key: tuple(urns or ()) for key, urns in value.items()}
        elif ours == "stack_trace":
            value = tuple(one.get("sourcePosition", "") for one in value or ())
        elif ours in LISTS:
            value = tuple(value or ())
        values[ours] = value
    extra = {name: body[name] for name in body if name not in NAMES.values()}
    return Resource(**values, extra=extra)


def deployment_to_json(
    snapshot: Snapshot, secrets_providers: Json, encrypt: Cipher
) -> Json:
    """The ``deployment`` object of a checkpoint or an export."""
    magic = hashlib.sha256(snapshot.version.encode()).hexdigest()
    body: Json = {
        "manifest": {
            "time": snapshot.time,
            "magic": magic,
            "version": snapshot.version,
        },
        "secrets_providers": secrets_providers,
    }
    if snapshot.resources:
        body["resources"] = [resource_to_json(r, encrypt) for r in snapshot.resources]
    if snapshot.pending_operations:
        body["pending_operations"] = [
            {"resource": resource_to_json(o.resource, encrypt), "type": o.type}
            for o in snapshot.pending_operations
        ]
    return {**body, "metadata": dict(snapshot.metadata)}


def deployment_from_json(body: Json, decrypt: Cipher) -> Snapshot:
    """The reverse. Raises StateDamaged where the form is wrong."""
    try:
        manifest = body.get("manifest") or {}
        return Snapshot(
            tuple(resource_from_json(r, decrypt) for r in body.get("resources") or ()),
            tuple(
                Operation(resource_from_json(o["resource"], decrypt), o["type"])
                for o in body.get("pending_operations") or ()
            ),
            manifest.get("time", ""),
            manifest.get("version", ""),
            body.get("metadata") or {},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StateDamaged(
            f"the state has not the form of a deployment: {error}"
        ) from error
