"""Bringing the state in line with what the providers see."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from embedded.engine import plan
from embedded.engine.errors import EngineError
from embedded.engine.events import Events
from embedded.engine.journal import Journal
from embedded.engine.plan import Decision
from embedded.engine.provider_registry import ProviderRegistry
from embedded.engine.state import Resource
from embedded.engine.steps import Steps


class Refresh:
    """Reads every custom resource; components and providers are left alone."""

    def __init__(
        self,
        journal: Journal,
        providers: ProviderRegistry,
        steps: Steps,
        events: Events,
        parallel: int,
    ) -> None:
        self._journal = journal
        self._providers = providers
        self._steps = steps
        self._events = events
        self._parallel = parallel

    def run(self) -> bool:
        """Whether all could be read. One that cannot keeps its old state."""
        self._drop_pending()
        readable = [one for one in self._journal.old if _is_readable(one)]
        with ThreadPoolExecutor(self._parallel) as pool:
            return all(list(pool.map(self._refresh, readable)))

    def _drop_pending(self) -> None:
        """A refresh is the way to say that nothing more is to be found out."""
        for operation in self._journal.pending:
            self._events.message(
                "warning",
                "it is not asked for again; if it exists, delete it by hand",
                operation.resource.urn,
            )
        self._journal.pending = []

    def _refresh(self, old: Resource) -> bool:
        try:
            provider = self._providers.get(old.provider)
            found = provider.read(old.urn, old.id, old.outputs, old.inputs)
        except EngineError as error:
            self._events.message("error", str(error), old.urn)
            return False
        if not found.id:
            with self._steps.told("delete", old, old=old):
                self._journal.swap(old, None)
            return True
        new = replace(
            old,
            id=found.id,
            outputs=found.outputs,
            inputs=old.inputs if found.inputs is None else found.inputs,
            init_errors=(),
        )
        details = plan.differences(old.outputs, new.outputs)
        with self._steps.told(
            "refresh" if details else "same",
            new,
            old=old,
            decision=Decision("refresh", details=details),
        ):
            self._journal.swap(old, new)
        return True


def _is_readable(one: Resource) -> bool:
    return (
        one.custom
        and not one.is_provider
        and not one.delete
        and not one.pending_replacement
    )
