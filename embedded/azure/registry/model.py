"""Registries as ARM documents: create, change, read, and their admin credentials."""

from __future__ import annotations

from dataclasses import replace

from embedded.azure.ids import ResourceId
from embedded.azure.passwords import password
from embedded.azure.registry import rules
from embedded.azure.registry.errors import (
    AdminDisabled,
    AlreadyInUse,
    InvalidProperty,
    RegistryElsewhere,
    RegistryNotFound,
)
from embedded.azure.service import Json, Principal
from embedded.azure.store import Document, Store

PASSWORDS = ("password", "password2")
DELETING = "Deleting"
NAMES = "registry-names-left"


class Registries:
    """All registries. ``private`` of each: its port and the admin's passwords."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def plan(self, path: str, body: Json, caller: Principal) -> Document:
        """The registry as a PUT asks for it, checked and not kept yet."""
        parts = ResourceId.parse(path)
        rules.check_name(parts.name)
        old = self._store.get(path)
        location = rules.check_location(body.get("location"))
        if old is None and self.is_taken(parts.name):
            raise AlreadyInUse(parts.name)
        if old is not None and old.body["location"] != location:
            raise RegistryElsewhere(parts.name, old.body["location"])
        tier = rules.check_sku(body.get("sku"))
        before = None if old is None else old.body["properties"]
        values = rules.properties(body.get("properties"), before)
        rules.check(values, tier)
        return self._document(path, old, body, tier, values, location, caller)

    def plan_patch(self, path: str, body: Json) -> Document:
        """The registry as a PATCH asks for it."""
        old = self.get(path)
        tier = old.body["sku"]["name"]
        if "sku" in body:
            tier = rules.check_sku(body["sku"])
        before = old.body["properties"]
        values = rules.properties(body.get("properties"), before)
        rules.check(values, tier)
        made = {**old.body, "sku": {"name": tier, "tier": tier}, "properties": values}
        for name in ("tags", "identity"):
            if name in body:
                made[name] = body[name] or {}
        return replace(old, body=made)

    def keep(self, document: Document, port: int) -> Document:
        """Write it, with the login server that its port gives it."""
        properties = document.body["properties"]
        properties["loginServer"] = f"localhost:{port}"
        properties["provisioningState"] = "Succeeded"
        kept = replace(document, private={**document.private, "port": port})
        self._store.put(kept)
        return kept

    def get(self, path: str) -> Document:
        """Raises RegistryNotFound."""
        found = self._store.get(path)
        if found is None:
            parts = ResourceId.parse(path)
            raise RegistryNotFound(parts.name, parts.group)
        return found

    def find(self, path: str) -> Document | None:
        return self._store.get(path)

    def under(self, scope: str) -> list[Document]:
        return self._store.under(scope, rules.TYPE)

    def every(self) -> list[Document]:
        return self._store.under("/", rules.TYPE)

    def mark_deleting(self, document: Document) -> None:
        """From now on it is on its way out, also if the process ends meanwhile."""
        properties = {**document.body["properties"], "provisioningState": DELETING}
        body = {**document.body, "properties": properties}
        self._store.put(replace(document, body=body))

    def remember_names(self, login_server: str) -> None:
        """Its names may still be on a Docker Engine that does not answer now."""
        self._store.set_record(NAMES, login_server, {})

    def remembered_names(self) -> list[str]:
        """Login servers that are no more, and not another registry's by now."""
        taken = {one.body["properties"]["loginServer"] for one in self.every()}
        return [one for one in self._store.records(NAMES) if one not in taken]

    def drop_names(self, login_server: str) -> None:
        self._store.drop_record(NAMES, login_server)

    def delete(self, path: str) -> None:
        """The registry and all that hangs on it: children, role assignments."""
        with self._store.transaction():
            for child in self._store.under(path):
                self._store.delete(child.id)
            self._store.delete(path)

    def is_taken(self, name: str) -> bool:
        """Whether some registry has the name, which is unique over all Azure."""
        wanted = name.lower()
        return any(one.body["name"].lower() == wanted for one in self.every())

    def credentials(self, path: str) -> Json:
        """Raises AdminDisabled, RegistryNotFound."""
        found = self.get(path)
        if not found.body["properties"]["adminUserEnabled"]:
            raise AdminDisabled(found.body["name"])
        rows = [{"name": n, "value": found.private[n]} for n in PASSWORDS]
        return {"username": found.body["name"], "passwords": rows}

    def regenerate(self, path: str, which: object) -> Json:
        if which not in PASSWORDS:
            raise InvalidProperty("name", which, " or ".join(PASSWORDS))
        found = self.get(path)
        if not found.body["properties"]["adminUserEnabled"]:
            raise AdminDisabled(found.body["name"])
        private = {**found.private, str(which): password()}
        self._store.put(replace(found, private=private))
        return self.credentials(path)

    def _document(
        self,
        path: str,
        old: Document | None,
        body: Json,
        tier: str,
        values: Json,
        location: str,
        caller: Principal,
    ) -> Document:
        parts = ResourceId.parse(path)
        created = old.body["properties"]["creationDate"] if old else rules.now()
        made: Json = {
            "id": old.id if old else path,
            "name": old.body["name"] if old else parts.name,
            "type": rules.TYPE,
            "location": location,
            "tags": dict(body.get("tags") or {}),
            "sku": {"name": tier, "tier": tier},
            "properties": {**values, "creationDate": created},
            "systemData": old.body["systemData"] if old else _system(caller, created),
        }
        if body.get("identity"):
            made["identity"] = body["identity"]
        private = old.private if old else {name: password() for name in PASSWORDS}
        return Document(made["id"], rules.TYPE, made, private)


def _system(caller: Principal, now: str) -> Json:
    return {
        "createdBy": caller.client_id,
        "createdByType": "Application",
        "createdAt": now,
        "lastModifiedBy": caller.client_id,
        "lastModifiedByType": "Application",
        "lastModifiedAt": now,
    }
