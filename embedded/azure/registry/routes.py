"""HTTP of Microsoft.ContainerRegistry, and the life of the data planes behind it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from embedded.azure.errors import ArmError
from embedded.azure.ids import key
from embedded.azure.registry import images, rules, schema
from embedded.azure.registry.children.kinds import KINDS, check_family
from embedded.azure.registry.children.model import Children
from embedded.azure.registry.children.notices import Notices
from embedded.azure.registry.children.routes import ChildRoutes
from embedded.azure.registry.errors import InvalidProperty
from embedded.azure.registry.front import attributes
from embedded.azure.registry.model import DELETING, Registries
from embedded.azure.registry.plane import Parts, Plane, choose_port
from embedded.azure.service import (
    Access,
    Call,
    Directory,
    Json,
    Operations,
    Reply,
    Route,
    Settings,
)
from embedded.azure.store import Document, Store

LOGGER = logging.getLogger(__name__)
VERSIONS = (
    "2019-05-01",
    "2019-12-01-preview",
    "2020-11-01-preview",
    "2021-06-01-preview",
    "2021-08-01-preview",
    "2021-09-01",
    "2021-12-01-preview",
    "2022-02-01-preview",
    "2022-12-01",
    "2023-01-01-preview",
    "2023-06-01-preview",
    "2023-07-01",
    "2023-08-01-preview",
    "2023-11-01-preview",
    "2024-11-01-preview",
    "2025-03-01-preview",
    "2025-04-01",
    "2025-05-01-preview",
    "2025-11-01",
    "2026-09-01-preview",
)
TASK_VERSIONS = ("2018-09-01", "2019-04-01", "2019-06-01-preview", "2025-03-01-preview")


class RegistryService:
    """Registries: their ARM operations, and one data plane for each."""

    namespace = "Microsoft.ContainerRegistry"

    def __init__(
        self,
        settings: Settings,
        store: Store,
        directory: Directory,
        access: Access,
        operations: Operations,  # noqa: ARG002 (registries are ready at once here)
    ) -> None:
        self.types: Mapping[str, Sequence[str]] = {
            "registries": VERSIONS,
            "checkNameAvailability": VERSIONS,
            **{f"registries/{row.type}": VERSIONS for row in KINDS},
            "registries/tasks": TASK_VERSIONS,
            "registries/runs": TASK_VERSIONS,
        }
        self._registries = Registries(store)
        self._children = Children(store, self._registries.get)
        self._notices = Notices(store, self._children)
        self._parts = Parts(
            settings, store, directory, access, self._children, self._notices
        )
        self._planes: dict[str, Plane] = {}
        self.routes = self._routes()

    def _routes(self) -> Sequence[Route]:
        kind = f"{self.namespace}/registries"
        one = "/subscriptions/{subscription}"
        check = f"{one}/providers/{self.namespace}/checkNameAvailability"
        many = f"{one}/resourceGroups/{{group}}/providers/{kind}"
        path = f"{many}/{{name}}"
        return (
            Route(
                "POST",
                check,
                f"{self.namespace}/registries/read",
                self._check,
                schema.CHECK_NAME,
            ),
            Route("GET", f"{one}/providers/{kind}", f"{kind}/read", self._list),
            Route("GET", many, f"{kind}/read", self._list),
            Route("GET", path, f"{kind}/read", self._get),
            Route("PUT", path, f"{kind}/write", self._put, schema.REGISTRY),
            Route("PATCH", path, f"{kind}/write", self._patch, schema.REGISTRY_PATCH),
            Route("DELETE", path, f"{kind}/delete", self._delete),
            Route(
                "POST",
                f"{path}/listCredentials",
                f"{kind}/listCredentials/action",
                self._credentials,
            ),
            Route(
                "POST",
                f"{path}/regenerateCredential",
                f"{kind}/regenerateCredential/action",
                self._regenerate,
                schema.REGENERATE,
            ),
            Route("GET", f"{path}/listUsages", f"{kind}/listUsages/read", self._usages),
            *ChildRoutes(self._children, self._notices, path).routes,
        )

    async def start(self) -> None:
        """All fronts on their ports again, and deletions that were cut off finished.

        A front that cannot start says so in its log.
        """
        await asyncio.gather(*(self._resume(one) for one in self._registries.every()))
        for login_server in self._registries.remembered_names():
            await self._forget(login_server)

    async def stop(self) -> None:
        await asyncio.gather(*(plane.stop() for plane in self._planes.values()))
        await self._notices.stop()

    async def remove(self, resource_id: str) -> None:
        document = self._registries.find(resource_id)
        if document is None:
            return
        if document.type != rules.TYPE.lower():
            self._children.delete(resource_id)
            return
        plane = self._planes.pop(key(resource_id), None)
        if plane is None:  # it did not start; its folder is there all the same
            plane = self._plane(document, document.private["port"])
        self._registries.mark_deleting(document)
        await plane.remove()
        login_server = document.body["properties"]["loginServer"]
        self._registries.remember_names(login_server)
        self._notices.forget(resource_id)
        attributes.forget(self._parts.store, resource_id)
        self._registries.delete(resource_id)
        await self._forget(login_server)

    async def _forget(self, login_server: str) -> None:
        """Without an answer of the Docker Engine: again at the next start."""
        if await asyncio.to_thread(images.forget, login_server):
            self._registries.drop_names(login_server)

    async def _resume(self, document: Document) -> None:
        if document.body["properties"]["provisioningState"] == DELETING:
            await self.remove(document.id)
            return
        try:
            await self._run(document, document.private["port"])
        except (ArmError, OSError) as error:
            LOGGER.error("registry %s does not answer: %s", document.id, error)

    async def _run(self, document: Document, port: int) -> Plane:
        plane = self._plane(document, port)
        await plane.start()
        self._planes[key(document.id)] = plane
        return plane

    def _plane(self, document: Document, port: int) -> Plane:
        path, name = document.id, document.body["name"]
        return Plane(self._parts, name, port, lambda: self._registries.get(path))

    async def _put(self, call: Call) -> Reply:
        planned = self._registries.plan(call.path, call.body, call.caller)
        created = self._registries.find(call.path) is None
        if not created:
            self._check_children(planned)
        port = planned.private.get("port") or choose_port()
        kept = self._registries.keep(planned, port)
        if key(call.path) not in self._planes:
            try:
                await self._run(kept, port)
            except BaseException:
                if created:
                    await self._plane(kept, port).remove()
                    self._registries.delete(call.path)
                raise
        return Reply(201 if created else 200, kept.body)

    async def _patch(self, call: Call) -> Reply:
        planned = self._registries.plan_patch(call.path, call.body)
        self._check_children(planned)
        kept = self._registries.keep(planned, planned.private["port"])
        return Reply(200, kept.body)

    def _check_children(self, planned: Document) -> None:
        """What hangs on the registry has to fit its tier and policies."""
        check_family(self._children.of(planned.id), planned)

    async def _get(self, call: Call) -> Reply:
        return Reply(200, self._registries.get(call.path).body)

    async def _list(self, call: Call) -> Reply:
        scope = call.path.partition("/providers/")[0]
        rows = [one.body for one in self._registries.under(scope)]
        return Reply(200, {"value": rows})

    async def _delete(self, call: Call) -> Reply:
        if self._registries.find(call.path) is None:
            return Reply(204)
        await self.remove(call.path)
        return Reply(200)

    async def _check(self, call: Call) -> Reply:
        name, type_ = call.body.get("name"), call.body.get("type")
        if str(type_).lower() != rules.TYPE.lower():
            raise InvalidProperty("type", type_, rules.TYPE)
        return Reply(200, self._availability(str(name or "")))

    def _availability(self, name: str) -> Json:
        try:
            rules.check_name(name)
        except ArmError as error:
            return _unavailable("Invalid", error.message)
        if self._registries.is_taken(name):
            return _unavailable(
                "AlreadyExists", f"The registry {name} is already in use."
            )
        return {"nameAvailable": True}

    async def _credentials(self, call: Call) -> Reply:
        return Reply(200, self._registries.credentials(_parent(call)))

    async def _regenerate(self, call: Call) -> Reply:
        which = call.body.get("name")
        return Reply(200, self._registries.regenerate(_parent(call), which))

    async def _usages(self, call: Call) -> Reply:
        document = self._registries.get(_parent(call))
        plane = self._planes.get(key(document.id))
        size = await asyncio.to_thread(plane.contents.size) if plane else 0
        tier = document.body["sku"]["name"]
        family = self._children.of(document.id)
        rows = [_usage("Size", rules.STORAGE[tier], size, "Bytes")]
        for row in KINDS:
            if tier in row.limits:
                count = len(family.of(row.type))
                name = row.type[0].upper() + row.type[1:]
                rows.append(_usage(name, row.limits[tier], count, "Count"))
        return Reply(200, {"value": rows})


def _parent(call: Call) -> str:
    return call.path.rpartition("/")[0]


def _usage(name: str, limit: int, value: int, unit: str) -> Json:
    return {"name": name, "limit": limit, "currentValue": value, "unit": unit}


def _unavailable(reason: str, message: str) -> Json:
    return {"nameAvailable": False, "reason": reason, "message": message}
