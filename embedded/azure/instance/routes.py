"""Microsoft.ContainerInstance over HTTP. The rules are in ``groups``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from embedded.azure.instance import limits, schema
from embedded.azure.instance.addresses import Addresses
from embedded.azure.instance.attendant import Attendant
from embedded.azure.instance.engine import DockerEngine
from embedded.azure.instance.errors import FeatureNotSupported
from embedded.azure.instance.groups import Groups, Parts
from embedded.azure.instance.history import History
from embedded.azure.instance.identities import Identities
from embedded.azure.instance.keeper import Keeper
from embedded.azure.instance.observation import Observer
from embedded.azure.instance.ownership import Ownership
from embedded.azure.instance.pulling import Images
from embedded.azure.instance.records import Record, Records
from embedded.azure.instance.runner import Runner
from embedded.azure.instance.volumes import Volumes
from embedded.azure.service import (
    Call,
    Directory,
    Handler,
    Json,
    Operations,
    Reply,
    Route,
    Settings,
)
from embedded.azure.store import Store

NAMESPACE = "Microsoft.ContainerInstance"
SUBSCRIPTION = "/subscriptions/{subscription}"
PROVIDER = f"/providers/{NAMESPACE}"
LIST = f"{SUBSCRIPTION}/resourceGroups/{{group}}{PROVIDER}/containerGroups"
ONE = f"{LIST}/{{containerGroup}}"
INSIDE = f"{ONE}/containers/{{container}}"
REGION = f"{SUBSCRIPTION}{PROVIDER}/locations/{{location}}"


class InstanceService:
    """Container groups, which run on the Docker Engine of this machine."""

    namespace = NAMESPACE
    types: Mapping[str, Sequence[str]] = {
        "containerGroups": limits.API_VERSIONS,
        "locations": limits.API_VERSIONS,
        "locations/usages": limits.API_VERSIONS,
        "locations/capabilities": limits.API_VERSIONS,
        "locations/cachedImages": limits.API_VERSIONS,
        "locations/operations": limits.API_VERSIONS,
    }

    def __init__(
        self,
        settings: Settings,
        store: Store,
        directory: Directory,
        operations: Operations,
    ) -> None:
        self._operations = operations
        self._engine = DockerEngine(settings.home.resolve())
        parts = _assemble(self._engine, settings, store, directory)
        self._keeper, self._attendant = parts.keeper, parts.attendant
        self._groups = Groups(parts)
        self.routes: Sequence[Route] = tuple(self._routes())

    async def start(self) -> None:
        """Also where no Docker Engine answers; what runs is looked at once it does."""
        self._attendant.start()

    async def stop(self) -> None:
        """Containers go on running: stopping the portal stops nothing in Azure."""
        await self._attendant.stop()
        await self._keeper.stop()
        self._engine.close()

    async def remove(self, resource_id: str) -> None:
        await self._groups.delete(resource_id)

    def preflight(self, resource_id: str, body: Json) -> None:
        self._groups.preflight(resource_id, body)

    def _routes(self) -> list[Route]:
        group = f"{NAMESPACE}/containerGroups"
        inside = f"{group}/containers"
        region = f"{NAMESPACE}/locations"
        return [
            Route("PUT", ONE, f"{group}/write", self._put, schema.GROUP),
            Route("GET", ONE, f"{group}/read", self._get),
            Route("PATCH", ONE, f"{group}/write", self._patch, schema.GROUP_PATCH),
            Route("DELETE", ONE, f"{group}/delete", self._delete),
            Route("GET", LIST, f"{group}/read", self._list),
            Route(
                "GET",
                f"{SUBSCRIPTION}{PROVIDER}/containerGroups",
                f"{group}/read",
                self._list,
            ),
            Route("POST", f"{ONE}/start", f"{group}/start/action", self._start),
            Route("POST", f"{ONE}/stop", f"{group}/stop/action", self._stop),
            Route("POST", f"{ONE}/restart", f"{group}/restart/action", self._restart),
            Route(
                "GET",
                f"{INSIDE}/logs",
                f"{inside}/logs/read",
                self._logs,
                query=("tail", "timestamps"),
            ),
            Route("POST", f"{INSIDE}/exec", f"{inside}/exec/action", _refuse("exec")),
            Route(
                "POST", f"{INSIDE}/attach", f"{inside}/attach/action", _refuse("attach")
            ),
            Route("GET", f"{REGION}/usages", f"{region}/usages/read", self._usages),
            Route(
                "GET",
                f"{REGION}/capabilities",
                f"{region}/capabilities/read",
                self._capabilities,
            ),
            Route(
                "GET",
                f"{REGION}/cachedImages",
                f"{region}/cachedImages/read",
                self._cached_images,
            ),
        ]

    async def _put(self, call: Call) -> Reply:
        record, created = await self._groups.accept(_id(call), call.body)
        headers = self._follow(record, call)
        body = self._groups.pending(record)
        return Reply(201 if created else 200, body, headers)

    def _follow(self, record: Record, call: Call) -> Mapping[str, str]:
        return self._operations.start(
            NAMESPACE,
            record.group.location,
            self._groups.finish(record),
            subscription=call.params["subscription"],
        )

    async def _get(self, call: Call) -> Reply:
        record = self._groups.find(_id(call))
        return Reply(200, await self._groups.show(record))

    async def _patch(self, call: Call) -> Reply:
        record = self._groups.tag(_id(call), call.body)
        return Reply(200, await self._groups.show(record))

    async def _delete(self, call: Call) -> Reply:
        last = await self._groups.delete(_id(call))
        return Reply(204) if last is None else Reply(200, last)

    async def _list(self, call: Call) -> Reply:
        scope = f"/subscriptions/{call.params['subscription']}"
        if "group" in call.params:
            scope += f"/resourceGroups/{call.params['group']}"
        return Reply(200, {"value": self._groups.listed(scope)})

    async def _start(self, call: Call) -> Reply:
        record = self._groups.begin_start(_id(call))
        if record is None:
            return Reply(204)
        return Reply(202, None, self._follow(record, call))

    async def _stop(self, call: Call) -> Reply:
        await self._groups.stop(_id(call))
        return Reply(204)

    async def _restart(self, call: Call) -> Reply:
        await self._groups.restart(_id(call))
        return Reply(204)

    async def _logs(self, call: Call) -> Reply:
        container = call.params["container"]
        content = await self._groups.logs(_id(call), container, call.query)
        return Reply(200, {"content": content})

    async def _usages(self, call: Call) -> Reply:
        subscription, location = call.params["subscription"], call.params["location"]
        count, cores = self._groups.usage(f"/subscriptions/{subscription}", location)
        return Reply(200, limits.usages(subscription, location, count, cores))

    async def _capabilities(self, call: Call) -> Reply:
        return Reply(200, limits.capabilities(call.params["location"]))

    async def _cached_images(self, call: Call) -> Reply:  # noqa: ARG002 - none here
        return Reply(200, {"value": []})


def _id(call: Call) -> str:
    """The group's id, in the case in which the client writes it."""
    return ONE.format_map(call.params)


def _refuse(what: str) -> Handler:
    async def refuse(call: Call) -> Reply:
        name = call.params["container"]
        advice = f"use `docker ps` to find the container '{name}', and `docker {what}`"
        raise FeatureNotSupported(what, advice)

    return refuse


def _assemble(
    engine: DockerEngine, settings: Settings, store: Store, directory: Directory
) -> Parts:
    records, history = Records(store), History(store)
    images = Images(engine, settings.ca_file)
    addresses = Addresses(store, str(engine.home))
    identities = Identities(store, directory)
    observer = Observer(engine)
    keeper = Keeper(
        records,
        history,
        addresses,
        Runner(engine, images, Volumes(engine)),
        Ownership(records, images),
        identities,
    )
    attendant = Attendant(records, history, keeper, engine, observer)
    return Parts(
        records, history, addresses, identities, images, observer, keeper, attendant
    )
