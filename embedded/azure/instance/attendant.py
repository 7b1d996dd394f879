"""Attends to running containers: notes what happens to them, probes them, brings them
back.

Happenings come from the watcher's thread; everything here is on the event loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine

from embedded.azure.errors import ArmError
from embedded.azure.ids import key
from embedded.azure.instance.containers import GRACE
from embedded.azure.instance.engine import DockerEngine
from embedded.azure.instance.history import History
from embedded.azure.instance.keeper import Keeper
from embedded.azure.instance.observation import Observer
from embedded.azure.instance.probes import Listener, Prober, Target
from embedded.azure.instance.records import Record, Records
from embedded.azure.instance.runner import INIT
from embedded.azure.instance.sandbox import ROLE as SANDBOX
from embedded.azure.instance.spec import Container
from embedded.azure.instance.watcher import Happening, Watcher

log = logging.getLogger(__name__)

Spot = tuple[str, str]


class Attendant:
    """One for all groups of one home."""

    def __init__(
        self,
        records: Records,
        history: History,
        keeper: Keeper,
        engine: DockerEngine,
        observer: Observer,
    ) -> None:
        self._records = records
        self._history = history
        self._keeper = keeper
        self._engine = engine
        self._observer = observer
        self._prober = Prober(engine, Listener(self._failed, self._ready, self._dead))
        self._probes: dict[Spot, list[asyncio.Task[None]]] = {}
        self._waiting: set[Spot] = set()
        self._watcher: Watcher | None = None

    def start(self) -> None:
        """Begin to listen; what is amiss is put right once the engine answers."""
        loop = asyncio.get_running_loop()

        def tell(happening: Happening) -> None:
            loop.call_soon_threadsafe(self._note, happening)

        def connected() -> None:
            loop.call_soon_threadsafe(self._look_around)

        self._watcher = Watcher(self._engine, tell, connected)
        self._watcher.start()

    async def stop(self) -> None:
        if self._watcher is not None:
            await asyncio.to_thread(self._watcher.stop)
        for spot in tuple(self._probes):
            self._leave(spot)

    def not_ready(self, group_id: str) -> frozenset[str]:
        """The containers whose readiness probe does not succeed (yet)."""
        return frozenset(name for id_, name in self._waiting if id_ == key(group_id))

    def _look_around(self) -> None:
        self._keeper.spawn(self._adopt_all())

    async def _adopt_all(self) -> None:
        await self._keeper.reconcile()
        for record in self._records.all():
            if record.settled:
                await self._adopt(record)

    async def _adopt(self, record: Record) -> None:
        """Take up containers that began to run while nobody listened."""
        try:
            seen = await self._keeper.thread(self._observer.containers, record.id)
        except ArmError as error:
            log.warning("container group %s: %s", record.id, error.message)
            return
        entries = self._history.of(record.id)
        for container in record.group.containers:
            found = seen.get(container.name)
            if found is None or found.status != "running":
                continue
            if entries.get(container.name, {}).get("id") != found.id:
                self._history.started(record.id, container.name, found.id)
            if (key(record.id), container.name) not in self._probes:
                self._attend(record, container, found.id)

    def _note(self, happening: Happening) -> None:
        record = self._records.find(happening.group)
        if record is None:
            self._leave((happening.group, happening.container))
        elif happening.role == SANDBOX:
            if happening.what in ("start", "destroy"):
                self._mend(record)
        else:
            self._note_container(record, happening)

    def _note_container(self, record: Record, happening: Happening) -> None:
        name, engine_id = happening.container, happening.engine_id
        if happening.what == "start":
            self._history.started(record.id, name, engine_id)
            self._attend_by_name(record, name, engine_id)
        elif happening.ends:
            self._history.killed(record.id, name, engine_id)
        elif happening.what == "die":
            self._leave((key(record.id), name))
            self._history.ended(record.id, name, happening.exit_code)
        elif happening.what == "destroy" and happening.role != INIT:
            self._mend(record)

    def _mend(self, record: Record) -> None:
        """Somebody took away a container or its network, and it was not us."""
        if record.settled and not self._keeper.is_active(record.id):
            self._keeper.spawn(self._keeper.settle(record))

    def _attend_by_name(self, record: Record, name: str, engine_id: str) -> None:
        for container in record.group.containers:
            if container.name == name:
                self._attend(record, container, engine_id)

    def _attend(self, record: Record, container: Container, engine_id: str) -> None:
        spot = key(record.id), container.name
        self._leave(spot)
        group = record.group
        target = Target(record.id, group, container, engine_id, record.address)
        if container.liveness is not None:
            self._begin(spot, self._prober.live(target, container.liveness))
        if container.readiness is not None:
            self._waiting.add(spot)
            self._begin(spot, self._prober.become_ready(target, container.readiness))

    def _begin(self, spot: Spot, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._probes.setdefault(spot, []).append(task)

    def _leave(self, spot: Spot) -> None:
        """End the probes of a run that is over."""
        self._waiting.discard(spot)
        for task in self._probes.pop(spot, []):
            task.cancel()

    def _failed(self, target: Target, message: str) -> None:
        name = target.container.name
        self._history.note(target.group_id, name, "Unhealthy", message, "Warning")

    def _ready(self, target: Target, ready: bool) -> None:
        spot = key(target.group_id), target.container.name
        if ready:
            self._waiting.discard(spot)
        else:
            self._waiting.add(spot)

    async def _dead(self, target: Target) -> None:
        """End the container; the restart policy Never wins over the probe."""
        # Not in the probe's own task, which ends as soon as the container does.
        self._keeper.spawn(self._end(target))

    async def _end(self, target: Target) -> None:
        try:
            await self._keeper.thread(self._kill, target)
        except ArmError as error:
            log.warning("container group %s: %s", target.group_id, error.message)

    def _kill(self, target: Target) -> None:
        with self._engine.talking("restart an unhealthy container") as client:
            container = client.containers.get(target.engine_id)
            if target.group.restart_policy == "Never":
                container.stop(timeout=GRACE)
            else:
                container.restart(timeout=GRACE)
