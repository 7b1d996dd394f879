"""Children as ARM documents: create, change, read, delete."""

from __future__ import annotations

import copy
from collections.abc import Callable

from embedded.azure.ids import ResourceId, key
from embedded.azure.registry import rules
from embedded.azure.registry.children.kind import Family, Kind
from embedded.azure.registry.children.kinds import BY_TYPE, SYSTEM_MAPS, shown
from embedded.azure.registry.errors import (
    ChildNotFound,
    InvalidProperty,
    LocationRequired,
    QuotaExceeded,
    SystemScopeMap,
)
from embedded.azure.service import Json
from embedded.azure.store import Document, Store

#: Properties that only the service sets.
READ_ONLY = ("provisioningState", "creationDate", "type")


class Children:
    """All children of all registries. ``private`` of each: what no read shows."""

    def __init__(self, store: Store, registry: Callable[[str], Document]) -> None:
        self._store = store
        self._registry = registry

    def put(self, path: str, body: Json) -> tuple[Document, bool]:
        """The child and whether it is new. Raises the ArmErrors of its rules."""
        parts, row = self._row(path)
        old = self._store.get(path)
        if old is None:
            row.check_name(parts.name)
            self._check_quota(path, row)
        if row.located and not body.get("location"):
            raise LocationRequired
        made = self._made(path, row, body, old)
        self._store.put(made)
        return made, old is None

    def patch(self, path: str, body: Json) -> Document:
        old = self.get(path)
        _, row = self._row(path)
        whole = {**old.body, **{k: v for k, v in body.items() if k != "properties"}}
        whole["properties"] = {**self._values(old), **_object(body, "properties")}
        made = self._made(path, row, whole, old)
        self._store.put(made)
        return made

    def get(self, path: str) -> Document:
        """Raises ChildNotFound, and RegistryNotFound where there is no registry."""
        self._registry(parent(path))
        found = self.find(path)
        if found is None:
            raise ChildNotFound(path)
        return found

    def find(self, path: str) -> Document | None:
        parts, row = self._row(path)
        if row.type == "scopeMaps" and parts.name in SYSTEM_MAPS:
            return self._system_map(path, parts.name)
        return self._store.get(path)

    def all(self, path: str) -> list[Document]:
        """Those of one kind; ``path`` is the registry's with the kind behind it."""
        registry = self._registry(path.rpartition("/")[0])
        type_ = f"{rules.TYPE}/{path.rpartition('/')[2]}"
        found = self._store.under(registry.id, type_)
        if type_.lower().endswith("/scopemaps"):
            base = f"{registry.id}/scopeMaps"
            system = [self._system_map(f"{base}/{n}", n) for n in SYSTEM_MAPS]
            return [*system, *found]
        return found

    def named(self, registry: str, type_: str, name: str) -> Document | None:
        return self.find(f"{registry}/{type_}/{name}")

    def keep(self, document: Document) -> None:
        self._store.put(document)

    def delete(self, path: str) -> bool:
        """Whether there was one."""
        parts, row = self._row(path)
        if row.type == "scopeMaps" and parts.name in SYSTEM_MAPS:
            raise SystemScopeMap(parts.name)
        for below in self._store.under(path):  # role assignments, locks
            self._store.delete(below.id)
        return self._store.delete(path)

    def of(self, registry: str) -> Family:
        """A registry and all its children."""
        return Family(self._registry(registry), self._store.under(registry))

    def family(self, path: str) -> Family:
        """The same without the child itself."""
        whole = self.of(parent(path))
        others = [one for one in whole.others if key(one.id) != key(path)]
        return Family(whole.registry, others)

    def _row(self, path: str) -> tuple[ResourceId, Kind]:
        parts = ResourceId.parse(path)
        return parts, BY_TYPE[parts.path[-1][0].lower()]

    def _check_quota(self, path: str, row: Kind) -> None:
        family = self.family(path)
        limit = row.limits.get(family.tier)
        if limit is not None and len(family.of(row.type)) >= limit:
            raise QuotaExceeded(row.type, limit, family.tier)

    def _values(self, old: Document) -> Json:
        """All properties of a child, with those that no read shows."""
        return {**old.body["properties"], **old.private.get("hidden", {})}

    def _made(self, path: str, row: Kind, body: Json, old: Document | None) -> Document:
        before = self._values(old) if old else copy.deepcopy(dict(row.defaults))
        asked = _object(body, "properties")
        wanted = {k: v for k, v in asked.items() if k not in READ_ONLY}
        values = rules.merge(before, {k: v for k, v in wanted.items() if v is not None})
        if "customHeaders" in wanted:  # a header that is not there any more goes
            values["customHeaders"] = wanted["customHeaders"] or {}
        row.check(self.family(path), values)
        private = dict(old.private) if old else {}
        secret = (*row.hidden, *row.partly)
        private["hidden"] = {k: values[k] for k in secret if k in values}
        made = self._envelope(path, row, body, old)
        made["properties"] = {**shown(values, row), "provisioningState": "Succeeded"}
        if row.stamped:
            since = old.body["properties"]["creationDate"] if old else rules.now()
            made["properties"]["creationDate"] = since
        if row.type == "replications":
            made["properties"]["status"] = {"displayStatus": "Ready"}
        if row.type == "scopeMaps":
            made["properties"]["type"] = "UserDefined"
        return Document(made["id"], made["type"], made, private)

    def _envelope(self, path: str, row: Kind, body: Json, old: Document | None) -> Json:
        name = path.rpartition("/")[2]
        made: Json = {
            "id": old.id if old else path,
            "name": old.body["name"] if old else name,
            "type": f"{rules.TYPE}/{row.type}",
        }
        if row.located:
            made["location"] = rules.check_location(body.get("location"))
            made["tags"] = _object(body, "tags")
        if row.identified and body.get("identity"):
            made["identity"] = _object(body, "identity")
        return made

    def _system_map(self, path: str, name: str) -> Document:
        registry = self._registry(parent(path))
        type_ = f"{rules.TYPE}/scopeMaps"
        properties = {
            "type": "SystemDefined",
            "creationDate": registry.body["properties"]["creationDate"],
            "actions": SYSTEM_MAPS[name],
            "provisioningState": "Succeeded",
        }
        body = {"id": path, "name": name, "type": type_, "properties": properties}
        return Document(path, type_, body)


def _object(body: Json, name: str) -> Json:
    """An object of a body; empty where it is missing. Raises InvalidProperty."""
    found = body.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise InvalidProperty(name, found, "an object")
    return dict(found)


def parent(path: str) -> str:
    """The registry of a child."""
    return path.rsplit("/", 2)[0]
