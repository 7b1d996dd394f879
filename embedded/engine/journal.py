"""The state while a deployment runs: written before and after every step.

What was touched in this run comes first, in the order of completion, then what was not
touched yet: so every dependency stands before its dependent at any moment.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from embedded.engine.errors import OutcomeUnknown
from embedded.engine.state import Operation, Resource, Snapshot
from embedded.engine.values import Properties

Save = Callable[[Snapshot], None]


def now() -> str:
    """RFC 3339 in UTC."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


class Journal:
    """The one owner of the snapshot. A preview has no ``save``: it writes nothing."""

    def __init__(self, snapshot: Snapshot, save: Save | None) -> None:
        self._base = snapshot
        self._save = save
        self._lock = threading.RLock()
        self._mine = threading.local()
        self.old = list(snapshot.resources)
        self.new: list[Resource] = []
        # What was under way may have happened: it is not forgotten, but settled first.
        self.pending = list(snapshot.pending_operations)

    @property
    def snapshot(self) -> Snapshot:
        with self._lock:
            return replace(
                self._base,
                resources=(*self.new, *self.old),
                pending_operations=tuple(self.pending),
                time=now(),
            )

    def write(self) -> None:
        with self._lock:
            if self._save is not None:
                self._save(self.snapshot)

    @contextmanager
    def operation(self, resource: Resource, kind: str) -> Iterator[None]:
        """Say what is under way while it is. What ends it must write.

        Where nobody knows whether it happened it stays pending, for the next run.
        """
        operation = Operation(resource, kind)
        with self._lock:
            self.pending.append(operation)
            self.write()
        self._mine.operation = operation
        try:
            yield
        except OutcomeUnknown:
            self._mine.operation = None
            raise
        finally:
            self._end_operation()

    def _end_operation(self) -> None:
        """This thread's operation is over: the next write says so."""
        operation = getattr(self._mine, "operation", None)
        with self._lock:
            self.pending = [one for one in self.pending if one is not operation]
        self._mine.operation = None

    def resolve(self, operation: Operation) -> None:
        """It is known what became of an operation of an earlier run."""
        with self._lock:
            self.pending = [one for one in self.pending if one is not operation]
            self.write()

    def current(self, urn: str) -> Resource | None:
        """The row of a URN that the stack wants, not one that has to go."""
        rows = [one for one in self.old if one.urn == urn and not one.delete]
        return rows[0] if rows else None

    def find(self, resource: Resource) -> Resource | None:
        """The row that stands for the same thing."""
        return next((one for one in self.old if _is(one, resource)), None)

    def adopt(self, old: Resource | None, found: Resource) -> None:
        """Take in what an earlier run made, instead of ``old``."""
        with self._lock:
            self.old = [one for one in self.old if not _is(one, old)]
            known = {one.urn for one in self.old}
            for _, urn in tuple(found.references()):
                if urn not in known:
                    found = without(found, urn)
            self.old.append(found)
            self.write()

    def settle(self, old: Resource | None, new: Resource) -> None:
        """A step ended: the new takes the place of the old."""
        self._end_operation()
        with self._lock:
            self.old = [one for one in self.old if not _is(one, old)]
            self.new.append(new)
            if old is None or _differ(old, new):
                self.write()

    def supersede(self, old: Resource, new: Resource) -> None:
        """The replacement exists; the replaced one waits for its deletion."""
        self._end_operation()
        with self._lock:
            doomed = replace(old, delete=True)
            self.old = [doomed if _is(one, old) else one for one in self.old]
            self.new.append(new)
            self.write()

    def await_replacement(self, old: Resource) -> Resource:
        """It is deleted already and will be created anew."""
        self._end_operation()
        with self._lock:
            waiting = replace(old, pending_replacement=True)
            self.old = [waiting if _is(one, old) else one for one in self.old]
            self.write()
            return waiting

    def drop(self, gone: Resource) -> None:
        self._end_operation()
        with self._lock:
            self.old = [one for one in self.old if not _is(one, gone)]
            self.new = [one for one in self.new if not _is(one, gone)]
            self.write()

    def swap(self, before: Resource, after: Resource | None) -> None:
        """Put another (or nothing) in the place of a resource, and mend references."""
        with self._lock:
            for rows in (self.new, self.old):
                swapped = [after if _is(one, before) else one for one in rows]
                rows[:] = [one for one in swapped if one is not None]
            if after is None:
                self._forget(before.urn)
            self.write()

    def set_outputs(self, urn: str, outputs: Properties) -> None:
        """A component's outputs, as a whole."""
        with self._lock:
            for index, one in enumerate(self.new):
                if one.urn == urn and one.outputs != outputs:
                    self.new[index] = replace(one, outputs=outputs)

    def rename(self, old: Resource, urn: str) -> Resource:
        """An alias was used: the old resource gets its new URN everywhere."""
        if old.urn == urn:
            return old
        with self._lock:
            index = next(i for i, one in enumerate(self.old) if _is(one, old))
            for rows in (self.new, self.old):
                rows[:] = [renamed(one, old.urn, urn) for one in rows]
            return self.old[index]

    def _forget(self, urn: str) -> None:
        """No edge may lead to a resource that is gone."""
        for rows in (self.new, self.old):
            rows[:] = [without(one, urn) for one in rows]


def _differ(old: Resource, new: Resource) -> bool:
    """Whether a step that changed nothing has left something to write. Positions are
    written when something else is, and aliases never."""
    moved = replace(old, source_position=new.source_position, aliases=new.aliases)
    return moved != new


def _is(one: Resource, other: Resource | None) -> bool:
    """Whether two rows stand for the same thing, though their references may differ."""
    if other is None:
        return False
    return (one.urn, one.delete, one.id) == (other.urn, other.delete, other.id)


def without(resource: Resource, urn: str) -> Resource:
    """The resource with no dependency on the URN."""
    if not any(target == urn for _, target in resource.references()):
        return resource
    return replace(
        resource,
        dependencies=tuple(one for one in resource.dependencies if one != urn),
        property_dependencies={
            key: tuple(one for one in urns if one != urn)
            for key, urns in resource.property_dependencies.items()
        },
        deleted_with="" if resource.deleted_with == urn else resource.deleted_with,
        parent="" if resource.parent == urn else resource.parent,
    )


def renamed(resource: Resource, before: str, after: str) -> Resource:
    """The resource with one URN written as another wherever it stands."""

    def swap(text: str) -> str:
        return after if text == before else text

    provider = resource.provider
    head, separator, tail = provider.rpartition("::")
    return replace(
        resource,
        urn=swap(resource.urn),
        parent=swap(resource.parent),
        deleted_with=swap(resource.deleted_with),
        provider=f"{swap(head)}{separator}{tail}",
        dependencies=tuple(map(swap, resource.dependencies)),
        property_dependencies={
            key: tuple(map(swap, urns))
            for key, urns in resource.property_dependencies.items()
        },
    )
