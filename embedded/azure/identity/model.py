"""User-assigned identities: each is a principal in the directory."""

from __future__ import annotations

import re

from embedded.azure.identity.errors import (
    IdentityElsewhere,
    IdentityLocation,
    IdentityNotFound,
    InvalidIdentityName,
)
from embedded.azure.ids import ResourceId
from embedded.azure.service import Directory, Json
from embedded.azure.store import Document, Store

TYPE = "Microsoft.ManagedIdentity/userAssignedIdentities"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,127}")


class Identities:
    """All user-assigned identities."""

    def __init__(self, store: Store, directory: Directory) -> None:
        self._store = store
        self._directory = directory

    def put(self, path: str, body: Json) -> tuple[Json, bool]:
        """The identity and whether it is new; its principal stays the same."""
        parts = ResourceId.parse(path)
        if _NAME.fullmatch(parts.name) is None:
            raise InvalidIdentityName(parts.name)
        location = str(body.get("location") or "").lower().replace(" ", "")
        if not location:
            raise IdentityLocation
        old = self._store.get(path)
        if old is not None and old.body["location"] != location:
            raise IdentityElsewhere(parts.name, old.body["location"])
        with self._store.transaction():
            made: Json = {
                "id": old.id if old else path,
                "name": old.body["name"] if old else parts.name,
                "type": TYPE,
                "location": location,
                "tags": dict(body.get("tags") or {}),
                "properties": old.body["properties"] if old else self._new(parts.name),
            }
            self._store.put(Document(made["id"], TYPE, made))
        return made, old is None

    def patch(self, path: str, body: Json) -> Json:
        identity = self.get(path)
        if "tags" in body:
            identity["tags"] = dict(body["tags"] or {})
        self._store.put(Document(identity["id"], TYPE, identity))
        return identity

    def get(self, path: str) -> Json:
        """Raises IdentityNotFound."""
        found = self._store.get(path)
        if found is None:
            parts = ResourceId.parse(path)
            raise IdentityNotFound(parts.name, parts.group)
        return found.body

    def list(self, scope: str) -> list[Json]:
        return [found.body for found in self._store.under(scope, TYPE)]

    def delete(self, path: str) -> bool:
        """Whether there was one. Its principal goes with it."""
        found = self._store.get(path)
        if found is None:
            return False
        with self._store.transaction():
            for child in self._store.under(path):
                self._store.delete(child.id)
            self._directory.drop(found.body["properties"]["principalId"])
            self._store.delete(path)
        return True

    def _new(self, name: str) -> Json:
        principal = self._directory.add_identity(name)
        return {
            "tenantId": principal.tenant_id,
            "principalId": principal.object_id,
            "clientId": principal.client_id,
        }
