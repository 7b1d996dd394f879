"""Keeps the machine in line with the records, one piece of work per group at a time.

The engine's work is done in threads; the store is touched on the event loop only.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import ParamSpec, TypeVar

from embedded.azure.errors import ArmError
from embedded.azure.ids import key
from embedded.azure.instance.addresses import Addresses
from embedded.azure.instance.failures import (
    GroupDeleted,
    InaccessibleImage,
    RegistryErrorResponse,
)
from embedded.azure.instance.history import History
from embedded.azure.instance.identities import Identities
from embedded.azure.instance.ownership import Ownership
from embedded.azure.instance.pulling import Pulled
from embedded.azure.instance.records import UNFINISHED, Record, Records
from embedded.azure.instance.runner import Order, Report, Runner

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

#: After a crash the registry may need a moment longer to be back than we do.
RESUME_ATTEMPTS, RESUME_PAUSE = 8, 1.0


class Keeper:
    """One for all groups of one home."""

    def __init__(
        self,
        records: Records,
        history: History,
        addresses: Addresses,
        runner: Runner,
        ownership: Ownership,
        identities: Identities,
    ) -> None:
        self._records = records
        self._history = history
        self._addresses = addresses
        self._runner = runner
        self._ownership = ownership
        self._identities = identities
        self._locks: dict[str, asyncio.Lock] = {}
        self._active: dict[str, threading.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._pool = ThreadPoolExecutor(max_workers=16, thread_name_prefix="group")

    async def thread(
        self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run something that waits for the engine."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: work(*args, **kwargs))

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Run something in the background until ``stop``."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("work on container groups failed", exc_info=error)

    async def stop(self) -> None:
        """Give up what is under way; ``settle`` takes it up again."""
        for given_up in self._active.values():
            given_up.set()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def is_active(self, group_id: str) -> bool:
        return key(group_id) in self._active

    @asynccontextmanager
    async def _at_work(self, group_id: str) -> AsyncIterator[threading.Event]:
        """Nobody else works on the group; the event is set once it is given up."""
        name = key(group_id)
        async with self._locks.setdefault(name, asyncio.Lock()):
            self._active[name] = threading.Event()
            try:
                yield self._active[name]
            finally:
                del self._active[name]

    async def deploy(
        self, record: Record, *, fresh: bool = False, pull: bool = True
    ) -> Record:
        """Run the record's group. Raises an ArmError, and then its state is Failed."""
        async with self._at_work(record.id) as given_up:
            latest = self._records.find(record.id)
            if latest is None:
                raise GroupDeleted(record.name)
            record = self._records.save(replace(latest, state="Creating"))
            try:
                record = await self._note_absent(record)
                order = self._order(record, fresh=fresh, pull=pull)
                work = self._runner.deploy
                outcome = await self.thread(work, order, self._report(record), given_up)
            except GroupDeleted:
                raise
            except Exception:
                self._records.save(replace(self._latest(record), state="Failed"))
                raise
            done = replace(self._latest(record), state="Succeeded", stopped=False)
            return await self._settle_images(done, outcome.pulled)

    async def _note_absent(self, record: Record) -> Record:
        absent = await self.thread(self._ownership.absent, record)
        return self._records.save(replace(self._latest(record), bringing=absent))

    def _latest(self, record: Record) -> Record:
        """Tags may be changed, and images handed over, while work is under way."""
        return self._records.find(record.id) or record

    async def _settle_images(
        self, record: Record, pulled: tuple[Pulled, ...]
    ) -> Record:
        kept, superseded = self._ownership.merge(record, pulled)
        saved = self._records.save(replace(record, images=kept, bringing=()))
        for each in self._ownership.unneeded(saved, superseded):
            await self.thread(self._ownership.remove, each)
        return saved

    def _order(self, record: Record, *, fresh: bool, pull: bool) -> Order:
        return Order(
            group_id=record.id,
            group=record.group,
            address=record.address,
            sign_ins=self._identities.sign_ins(record),
            fresh=fresh,
            pull=pull,
        )

    def _report(self, record: Record) -> Report:
        """For use on other threads: what they tell is noted on the event loop."""
        loop = asyncio.get_running_loop()

        def report(container: str, name: str, message: str, kind: str) -> None:
            note = self._history.note
            loop.call_soon_threadsafe(note, record.id, container, name, message, kind)

        return report

    async def halt(self, record: Record) -> Record:
        """Stop the group's containers, and let it be stopped."""
        async with self._at_work(record.id):
            await self.thread(self._runner.halt, record.id)
            latest = self._latest(record)
            return self._records.save(replace(latest, stopped=True, state="Succeeded"))

    async def remove(self, record: Record) -> None:
        """Take away the group and all it has; what is under way on it is given up."""
        if self.is_active(record.id):
            self._active[key(record.id)].set()
        async with self._at_work(record.id):
            latest = self._records.find(record.id)
            if latest is None:
                return
            self._records.save(replace(latest, deleting=True))
            try:
                await self.thread(self._runner.remove, record.id)
            except ArmError:
                self._records.save(latest)
                raise
            half = await self.thread(self._ownership.half_brought, latest)
            for each in self._ownership.unneeded(latest, (*latest.images, *half)):
                await self.thread(self._ownership.remove, each)
            self._forget(latest)

    def _forget(self, record: Record) -> None:
        self._identities.detach(record)
        self._addresses.release(record.id)
        self._history.forget(record.id)
        self._records.delete(record)

    async def repair(self, record: Record) -> None:
        """Bring back what should run and does not."""
        async with self._at_work(record.id) as given_up:
            latest = self._records.find(record.id)
            if latest is None or not latest.settled:
                return
            order = self._order(latest, fresh=False, pull=False)
            report = self._report(latest)
            outcome = await self.thread(self._runner.repair, order, report, given_up)
            if outcome is not None:
                await self._settle_images(latest, outcome.pulled)

    async def settle(self, record: Record) -> None:
        """Finish what was begun before, or see that what should run does run."""
        if self.is_active(record.id):
            return
        try:
            if record.deleting:
                await self.remove(record)
            elif record.state in UNFINISHED:
                await self._resume(record)
            else:
                await self.repair(record)
        except ArmError as error:
            log.warning("container group %s: %s", record.id, error.message)

    async def _resume(self, record: Record) -> None:
        for attempt in range(1, RESUME_ATTEMPTS + 1):
            try:
                await self.deploy(record)
            except (InaccessibleImage, RegistryErrorResponse):
                if attempt == RESUME_ATTEMPTS:
                    raise
                await asyncio.sleep(RESUME_PAUSE)
            else:
                return

    async def reconcile(self) -> None:
        """All groups, and then what the engine has of groups that are no more."""
        self._addresses.release_unknown(
            lambda group: self._records.find(group) is not None
        )
        records = self._records.all()
        await asyncio.gather(*(self.settle(record) for record in records))
        try:
            for group_id in await self.thread(self._runner.known):
                if self._records.find(group_id) is None:
                    await self.thread(self._runner.remove, group_id)
        except ArmError as error:
            log.warning("leftover containers: %s", error.message)
