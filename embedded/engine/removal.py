"""Deleting: what the program no longer declares, or all of a stack."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from embedded.engine import graph
from embedded.engine.errors import EngineError, Protected
from embedded.engine.events import Events, Step
from embedded.engine.journal import Journal
from embedded.engine.plan import Op
from embedded.engine.state import Resource
from embedded.engine.steps import Steps


class Removal:
    """Deletes resources in waves: dependents before what they depend on."""

    def __init__(
        self,
        journal: Journal,
        steps: Steps,
        events: Events,
        cancelled: threading.Event,
        parallel: int,
    ) -> None:
        self._journal = journal
        self._steps = steps
        self._events = events
        self._cancelled = cancelled
        self._parallel = parallel

    def run(self, doomed: Sequence[Resource]) -> bool:
        """Whether all of them are gone. What failed stays in the state."""
        if not self._permitted(doomed):
            return False
        gone = {one.urn for one in doomed}
        with ThreadPoolExecutor(self._parallel) as pool:
            for wave in graph.waves(doomed):
                if self._cancelled.is_set():
                    return False
                done = list(pool.map(lambda one: self._delete(one, gone), wave))
                if not all(done):
                    return False
        return True

    def _permitted(self, doomed: Sequence[Resource]) -> bool:
        """Say of every protected one that it is; nothing is deleted then."""
        protected = [one for one in doomed if one.protect and not one.delete]
        for one in protected:
            step = Step("delete", one.urn, one.type, one.name)
            self._events.failed(step, str(Protected(one.urn, "deleted")))
        return not protected

    def _delete(self, old: Resource, gone: set[str]) -> bool:
        if old.pending_replacement or (old.deleted_with in gone and old.deleted_with):
            self._journal.drop(old)
            return True
        try:
            op: Op = "delete-replaced" if old.delete else "delete"
            self._steps.delete(old, lambda: self._journal.drop(old), op)
        except EngineError:
            self._journal.write()
            return False
        return True
