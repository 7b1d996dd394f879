"""What to do with one resource: the rules, and nothing else. Sans-I/O.

pulumi/pulumi, pkg/resource/deploy/step_generator.go, says what holds here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from embedded.engine import paths
from embedded.engine.state import Resource
from embedded.engine.values import UNKNOWN, Properties, Value, equal, walk

Op = Literal[
    "same",
    "create",
    "update",
    "replace",
    "delete",
    "delete-replaced",
    "read",
    "refresh",
]
#: How one property differs: add, delete, update; with ``-replace`` it asks for one.
Kind = str


@dataclass(frozen=True)
class Goal:
    """What the program asks for: one registration."""

    urn: str
    type: str
    name: str
    custom: bool
    inputs: Properties
    parent: str = ""
    provider: str = ""
    version: str = ""
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool | None = None
    deleted_with: str = ""
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    replacement_trigger: Value = None
    hide_diff: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    custom_timeouts: Mapping[str, float] = field(default_factory=dict)
    error_hooks: tuple[str, ...] = ()
    source_position: str = ""
    stack_trace: tuple[str, ...] = ()


@dataclass(frozen=True)
class Diff:
    """A provider's answer. ``changed`` None: the provider cannot tell."""

    changed: bool | None
    replaces: tuple[str, ...] = ()
    delete_before_replace: bool = False
    details: Mapping[str, Kind] = field(default_factory=dict)
    keys: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self.details) or self.keys or self.replaces


@dataclass(frozen=True)
class Decision:
    """What happens to a resource that exists already."""

    op: Op
    delete_first: bool = False
    details: Mapping[str, Kind] = field(default_factory=dict)


def decide(goal: Goal, old: Resource, inputs: Properties, diff: Diff) -> Decision:
    """The step for checked inputs and a provider's diff."""
    changed = diff.changed
    if changed is None:
        changed = not equal(old.inputs, inputs)
    forced = [p for p in diff.paths if paths.contained(p, goal.replace_on_changes)]
    details = {**dict.fromkeys(diff.paths, "update"), **diff.details}
    triggered = is_triggered(old.replacement_trigger, goal.replacement_trigger)
    if triggered or (changed and (diff.replaces or forced)):
        first = diff.delete_before_replace
        if goal.delete_before_replace is not None:
            first = goal.delete_before_replace
        return Decision("replace", first, mark_replacing(details, forced))
    if changed or old.init_errors:
        return Decision("update", details=details)
    return Decision("same")


def is_triggered(before: Value, now: Value) -> bool:
    """Whether the option ``replacement_trigger`` asks for another resource.

    What is not known yet may have changed; a null asks for nothing.
    """
    if any(one is UNKNOWN for value in (before, now) for one in walk(value)):
        return True
    return before is not None and now is not None and not equal(before, now)


def mark_replacing(
    details: Mapping[str, Kind], forced: list[str]
) -> Mapping[str, Kind]:
    """The same details; what the options force to replace says so."""
    return {
        path: f"{kind}-replace"
        if path in forced and not kind.endswith("-replace")
        else kind
        for path, kind in details.items()
    }


def inherit(goal: Goal, parent: Goal | None) -> Goal:
    """Options that come from the parent unless they are set."""
    if parent is None:
        return goal
    unset = {
        name: getattr(parent, name)
        for name in ("protect", "retain_on_delete")
        if getattr(goal, name) is None
    }
    if not goal.deleted_with:
        unset["deleted_with"] = parent.deleted_with
    return replace(goal, **unset)


def record(goal: Goal, old: Resource | None, inputs: Properties) -> Resource:
    """The resource as the state will hold it, before its outputs are known."""
    return Resource(
        urn=goal.urn,
        type=goal.type,
        custom=goal.custom,
        id=old.id if old else "",
        inputs=inputs,
        outputs=old.outputs if old else {},
        parent=goal.parent,
        protect=bool(goal.protect),
        dependencies=goal.dependencies,
        property_dependencies=goal.property_dependencies,
        provider=goal.provider,
        additional_secret_outputs=goal.additional_secret_outputs,
        aliases=goal.aliases,
        custom_timeouts=goal.custom_timeouts,
        retain_on_delete=bool(goal.retain_on_delete),
        deleted_with=goal.deleted_with,
        created=old.created if old else "",
        modified=old.modified if old else "",
        source_position=goal.source_position,
        stack_trace=goal.stack_trace,
        ignore_changes=goal.ignore_changes,
        replace_on_changes=goal.replace_on_changes,
        replacement_trigger=goal.replacement_trigger,
        hooks={"OnError": list(goal.error_hooks)} if goal.error_hooks else {},
        hide_diff=goal.hide_diff,
        extra=old.extra if old else {},
    )


def differences(old: Properties, new: Properties) -> dict[str, Kind]:
    """Top-level properties that differ: for components, which no provider diffs."""
    found: dict[str, Kind] = {}
    for key in {**old, **new}:
        if key not in new:
            found[key] = "delete"
        elif key not in old:
            found[key] = "add"
        elif not equal(old[key], new[key]):
            found[key] = "update"
    return found
