"""Container groups as clients see them: create, update, show, start, stop, delete."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from embedded.azure.errors import ArmError
from embedded.azure.ids import ResourceId, key
from embedded.azure.instance import changes, limits, parsing, rules, unsupported, views
from embedded.azure.instance.addresses import Addresses, domain_name
from embedded.azure.instance.attendant import Attendant
from embedded.azure.instance.content import Content
from embedded.azure.instance.errors import (
    DnsNameLabelNotAvailable,
    LocationRequired,
    QuotaReached,
)
from embedded.azure.instance.failures import (
    ContainerNotFound,
    ContainerNotReady,
    GroupNotFound,
    GroupTransitioning,
)
from embedded.azure.instance.history import History
from embedded.azure.instance.identities import Identities
from embedded.azure.instance.keeper import Keeper
from embedded.azure.instance.observation import Observer
from embedded.azure.instance.pulling import Images
from embedded.azure.instance.records import UNFINISHED, Record, Records
from embedded.azure.instance.spec import Group
from embedded.azure.service import Json


@dataclass(frozen=True)
class Parts:
    """What the groups are made with."""

    records: Records
    history: History
    addresses: Addresses
    identities: Identities
    images: Images
    observer: Observer
    keeper: Keeper
    attendant: Attendant


class Groups:
    """The rules and the state; HTTP is in ``routes``, Docker in ``runner``."""

    def __init__(self, parts: Parts) -> None:
        self._records = parts.records
        self._history = parts.history
        self._addresses = parts.addresses
        self._identities = parts.identities
        self._images = parts.images
        self._observer = parts.observer
        self._keeper = parts.keeper
        self._attendant = parts.attendant
        self._busy: set[str] = set()

    def find(self, resource_id: str) -> Record:
        """Raises GroupNotFound."""
        record = self._records.find(resource_id)
        if record is None or record.deleting:
            parsed = ResourceId.parse(resource_id)
            raise GroupNotFound(parsed.name, parsed.group)
        return record

    async def accept(self, resource_id: str, body: Json) -> tuple[Record, bool]:
        """Check a PUT and note it; ``finish`` does the work. True for a new group.

        Raises an ArmError for what Azure refuses at once: a bad body, a change that
        cannot be made in place, an image that cannot be read.
        """
        known = self._records.find(resource_id)
        name = ResourceId.parse(resource_id).name if known is None else known.name
        group = self._checked(name, body)
        self._claim(resource_id, known)
        try:
            return await self._admit(resource_id, known, group, body), known is None
        except BaseException:
            self._busy.discard(key(resource_id))
            raise

    def preflight(self, resource_id: str, body: Json) -> None:
        """Raises an ArmError for a body that could be that of no group here."""
        self._checked(ResourceId.parse(resource_id).name, body)

    def _checked(self, name: str, body: Json) -> Group:
        unsupported.refuse(body)
        group = parsing.group(name, body)
        if not group.location:
            raise LocationRequired(name)
        rules.check(group)
        return group

    def _claim(self, resource_id: str, known: Record | None) -> None:
        unfinished = known is not None and known.state in UNFINISHED
        if unfinished or key(resource_id) in self._busy:
            raise GroupTransitioning(ResourceId.parse(resource_id).name)
        self._busy.add(key(resource_id))

    async def _admit(
        self, resource_id: str, known: Record | None, group: Group, body: Json
    ) -> Record:
        if known is None:
            self._check_quota(resource_id, group)
        elif known.state != "Failed":
            changes.check(known.group, group)
        fqdn = self._domain_name(resource_id, known, group)
        base = known or Record(resource_id, body)
        record = replace(base, request=body, state="Pending", domain_name=fqdn)
        # The identities first: they are how the images are read.
        self._identities.check(group)
        await self._check_images(record)
        record = replace(record, address=self._address(resource_id, group))
        return self._records.save(self._identities.attach(record))

    def _check_quota(self, resource_id: str, group: Group) -> None:
        subscription = "/".join(key(resource_id).split("/")[:3])
        count, cores = self.usage(subscription, group.location)
        if count >= limits.GROUPS_PER_REGION:
            limit = limits.GROUPS_PER_REGION
            raise QuotaReached("ContainerGroups", limit, group.location)
        if cores + rules.total(group)[0] > limits.CORES_PER_REGION:
            limit = limits.CORES_PER_REGION
            raise QuotaReached("StandardCores", limit, group.location)

    def usage(self, subscription_id: str, location: str) -> tuple[int, float]:
        """Groups and cores in use in one region; the id is ``/subscriptions/…``."""
        groups = [each.group for each in self._records.below(subscription_id)]
        here = [each for each in groups if each.location == parsing.location(location)]
        return len(here), sum(rules.total(each)[0] for each in here)

    def _domain_name(
        self, resource_id: str, known: Record | None, group: Group
    ) -> str | None:
        address = group.address
        if address is None or address.label is None:
            return None
        before = known.group.address if known else None
        same = before and (before.label, before.scope) == (address.label, address.scope)
        if known is not None and same:
            return known.domain_name
        tenant = self._identities.tenant_id
        found = domain_name(address, group.location, resource_id, tenant)
        for other in self._records.all():
            if other.domain_name == found and key(other.id) != key(resource_id):
                raise DnsNameLabelNotAvailable(address.label, group.location)
        return found

    async def _check_images(self, record: Record) -> None:
        sign_ins = self._identities.sign_ins(record)
        check = self._images.check
        images = dict.fromkeys(each.image for each in record.group.all_containers)
        await asyncio.gather(
            *(
                self._keeper.thread(check, image, record.name, sign_ins[image])
                for image in images
            )
        )

    def _address(self, resource_id: str, group: Group) -> str | None:
        if group.address is None:
            self._addresses.release(resource_id)
            return None
        return self._addresses.allocate(resource_id, group.address.ports)

    async def finish(self, record: Record, *, fresh: bool = False) -> Json:
        """Do the work of an accepted PUT; the group's final body."""
        try:
            done = await self._keeper.deploy(record, fresh=fresh or record.stopped)
            return await self.show(done)
        finally:
            self._busy.discard(key(record.id))

    async def show(self, record: Record) -> Json:
        """The body of a GET, with the instance view."""
        try:
            seen = await self._keeper.thread(self._observer.containers, record.id)
        except ArmError:
            # The engine is away: what is known of the group can still be told.
            seen = None
        latest = self._records.find(record.id) or record
        return views.with_instances(
            latest.shown(),
            seen,
            self._history.of(record.id),
            self._attendant.not_ready(record.id),
            stopped=latest.stopped,
        )

    def pending(self, record: Record) -> Json:
        """The body that answers a PUT, before there is anything to look at."""
        history = self._history.of(record.id)
        return views.with_instances(
            record.shown(), {}, history, frozenset(), stopped=False
        )

    def listed(self, scope: str) -> list[Json]:
        """Lists show no instance views, in Azure neither."""
        return [each.shown() for each in self._records.below(scope)]

    def tag(self, resource_id: str, body: Json) -> Record:
        """A PATCH: the tags given replace those that were there."""
        record = self.find(resource_id)
        tags = Content(body).at("tags")
        if not tags:
            return record
        request = {**record.request, "tags": tags.object()}
        return self._records.save(replace(record, request=request))

    async def delete(self, resource_id: str) -> Json | None:
        """The last body, or None if there was no such group."""
        record = self._records.find(resource_id)
        if record is None:
            return None
        last = record.shown()
        await self._keeper.remove(record)
        return last

    def begin_start(self, resource_id: str) -> Record | None:
        """The group if it is to be started; None if it runs already."""
        record = self.find(resource_id)
        if not record.stopped and record.state != "Failed":
            return None
        self._claim(resource_id, record)
        return record

    async def stop(self, resource_id: str) -> None:
        record = self.find(resource_id)
        self._claim(resource_id, record)
        try:
            await self._keeper.halt(record)
        finally:
            self._busy.discard(key(resource_id))

    async def restart(self, resource_id: str) -> None:
        """New containers, from images that are pulled again."""
        record = self.find(resource_id)
        self._claim(resource_id, record)
        await self.finish(record, fresh=True)

    async def logs(
        self, resource_id: str, container: str, query: Mapping[str, str]
    ) -> str:
        """Raises ContainerNotFound, ContainerNotReady or InvalidRequestContent."""
        record = self.find(resource_id)
        names = {each.name for each in record.group.all_containers}
        if container not in names:
            raise ContainerNotFound(container, record.name)
        tail = Content(query.get("tail"), "tail").integer()
        timestamps = query.get("timestamps", "").lower() == "true"
        read = self._observer.logs
        count = None if tail is None else max(0, tail)
        text = await self._keeper.thread(
            read, record.id, container, count, timestamps=timestamps
        )
        if text is None:
            raise ContainerNotReady(container, record.name)
        return text
