"""Management locks: what nobody may delete, or change, whatever role they have.

https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
"""

from __future__ import annotations

import re
import time

from embedded.azure.authorization.errors import (
    InvalidLock,
    LockedNotFound,
    LockNotFound,
)
from embedded.azure.ids import key, within
from embedded.azure.refusals import ScopeLocked
from embedded.azure.service import Json
from embedded.azure.store import Document, Store

TYPE = "Microsoft.Authorization/locks"
LEVELS = ("CanNotDelete", "ReadOnly")
_NAME = re.compile(r"[\w.() -]{1,90}")


#: Locks that were deleted and count for a while yet: id -> level and until when.
LEFTOVER = "leftover lock"


class Locks:
    """All locks; one counts at its scope and below.

    ``delay`` is how many seconds a deleted one counts yet.
    """

    def __init__(self, store: Store, subscription: str, delay: float) -> None:
        self._store = store
        self._delay = delay
        self._root = f"/subscriptions/{subscription}"

    def put(self, scope: str, name: str, body: Json) -> tuple[Json, bool]:
        """The lock and whether it is new. Raises InvalidLock, LockedNotFound."""
        asked = body.get("properties") or {}
        level, notes = asked.get("level"), asked.get("notes")
        if level not in LEVELS:
            raise InvalidLock("level", level, " or ".join(LEVELS))
        if _NAME.fullmatch(name) is None:
            raise InvalidLock("name", name, "1 to 90 letters, digits, '_', '.', '-'")
        if notes is not None and (not isinstance(notes, str) or len(notes) > 512):
            raise InvalidLock("notes", "[too long]", "a text of at most 512 characters")
        if key(scope) != key(self._root) and self._store.get(scope) is None:
            raise LockedNotFound(scope)
        path = f"{scope}/providers/{TYPE}/{name}"
        old = self._store.get(path)
        properties = {k: v for k, v in asked.items() if v is not None}
        made = {"id": path, "name": name, "type": TYPE, "properties": properties}
        self._store.put(Document(path, TYPE, made))
        self._store.drop_record(LEFTOVER, key(path))
        return made, old is None

    def get(self, scope: str, name: str) -> Json:
        """Raises LockNotFound."""
        found = self._store.get(f"{scope}/providers/{TYPE}/{name}")
        if found is None:
            raise LockNotFound(name)
        return found.body

    def delete(self, scope: str, name: str) -> bool:
        """Whether there was one. It counts for a while yet."""
        path = f"{scope}/providers/{TYPE}/{name}"
        found = self._store.get(path)
        if found is not None and self._delay > 0:
            level = found.body["properties"]["level"]
            left = {"level": level, "until": time.time() + self._delay}
            self._store.set_record(LEFTOVER, key(path), left)
        return self._store.delete(path)

    def drop(self, scope: str, name: str) -> None:
        """Delete one whose scope goes, too: nothing is left for it to cover."""
        self._store.delete(f"{scope}/providers/{TYPE}/{name}")

    def all(self, scope: str) -> list[Json]:
        """Those at a scope and below it."""
        return [one.body for one in self._store.under(scope, TYPE)]


def check(store: Store, method: str, path: str) -> None:
    """Raise ScopeLocked for what a lock forbids. Locks themselves may always change."""
    if f"/providers/{TYPE}/".lower() in key(path):
        return
    found = [*_counting(store, path, method), *_leftover(store, path, method)]
    scopes = sorted({_scope(id_) for id_, level in found if _forbids(level, method)})
    if scopes:
        raise ScopeLocked(path, "delete" if method == "DELETE" else "write", scopes)


def _counting(store: Store, path: str, method: str) -> list[tuple[str, str]]:
    """Ids and levels of locks at the path and above; for a deletion, those of what
    goes with it too.
    """
    parts = key(path).strip("/").split("/")
    above = ["/" + "/".join(parts[:end]) for end in range(2, len(parts) + 1)]
    kind = f"/providers/{TYPE}".lower()
    found = [one for scope in above for one in store.under(f"{scope}{kind}", TYPE)]
    if method == "DELETE":
        found += store.under(path, TYPE)
    return [(one.id, one.body["properties"]["level"]) for one in found]


def _leftover(store: Store, path: str, method: str) -> list[tuple[str, str]]:
    """The same of locks that are deleted, and count for a while yet."""
    found = []
    for id_, one in store.records(LEFTOVER).items():
        scope = _scope(id_)
        covers = within(path, scope) or (method == "DELETE" and within(scope, path))
        if one["until"] < time.time():
            store.drop_record(LEFTOVER, id_)
        elif covers:
            found.append((id_, one["level"]))
    return found


def _forbids(level: str, method: str) -> bool:
    # A POST is an action, such as one that lists keys: it counts as a write.
    return method == "DELETE" or level == "ReadOnly"


def _scope(lock_id: str) -> str:
    return lock_id[: lock_id.lower().rindex("/providers/microsoft.authorization/")]
