"""HTTP of Microsoft.ManagedIdentity (api-version 2023-01-31 and its neighbours)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from embedded.azure.identity import schema
from embedded.azure.identity.model import Identities
from embedded.azure.service import Call, Directory, Reply, Route, Settings
from embedded.azure.store import Store

VERSIONS = (
    "2018-11-30",
    "2021-09-30-preview",
    "2022-01-31-preview",
    "2023-01-31",
    "2023-07-31-preview",
    "2024-11-30",
    "2025-01-31-preview",
    "2025-05-31-preview",
)


class IdentityService:
    """User-assigned identities."""

    namespace = "Microsoft.ManagedIdentity"

    def __init__(
        self,
        settings: Settings,  # noqa: ARG002 (every service is made of the same parts)
        store: Store,
        directory: Directory,
    ) -> None:
        self.types: Mapping[str, Sequence[str]] = {"userAssignedIdentities": VERSIONS}
        self._identities = Identities(store, directory)
        kind = f"{self.namespace}/userAssignedIdentities"
        subscription = f"/subscriptions/{{subscription}}/providers/{kind}"
        group = "/subscriptions/{subscription}/resourceGroups/{group}"
        many = f"{group}/providers/{kind}"
        one = f"{many}/{{name}}"
        self.routes: Sequence[Route] = (
            Route("GET", subscription, f"{kind}/read", self._list),
            Route("GET", many, f"{kind}/read", self._list),
            Route("GET", one, f"{kind}/read", self._get),
            Route("PUT", one, f"{kind}/write", self._put, schema.IDENTITY),
            Route("PATCH", one, f"{kind}/write", self._patch, schema.IDENTITY_PATCH),
            Route("DELETE", one, f"{kind}/delete", self._delete),
        )

    async def start(self) -> None:
        """Records are all there is."""

    async def stop(self) -> None:
        """Nothing to let go of."""

    async def remove(self, resource_id: str) -> None:
        self._identities.delete(resource_id)

    async def _list(self, call: Call) -> Reply:
        scope = call.path.partition("/providers/")[0]
        return Reply(200, {"value": self._identities.list(scope)})

    async def _get(self, call: Call) -> Reply:
        return Reply(200, self._identities.get(call.path))

    async def _put(self, call: Call) -> Reply:
        identity, created = self._identities.put(call.path, call.body)
        return Reply(201 if created else 200, identity)

    async def _patch(self, call: Call) -> Reply:
        return Reply(200, self._identities.patch(call.path, call.body))

    async def _delete(self, call: Call) -> Reply:
        return Reply(200 if self._identities.delete(call.path) else 204)
