"""Carrying out one step on one resource, with the journal kept true at every moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from embedded.engine.errors import EngineError, ProviderRefused, ResourceIncomplete
from embedded.engine.events import Events, Step
from embedded.engine.hooks import ErrorHooks
from embedded.engine.journal import Journal, now
from embedded.engine.plan import Decision, Op
from embedded.engine.provider_registry import ProviderRegistry
from embedded.engine.state import Resource
from embedded.engine.values import Properties, as_secret

Answer = TypeVar("Answer")
UNASKED = (
    "an error hook of the program decides about this failure, and no program runs: "
    "`destroy --run-program` asks it"
)


class Steps:
    """What can be done to a resource. ``preview``: say it, but do nothing lasting."""

    def __init__(
        self,
        journal: Journal,
        providers: ProviderRegistry,
        events: Events,
        hooks: ErrorHooks,
        *,
        preview: bool,
    ) -> None:
        self._journal = journal
        self._providers = providers
        self._events = events
        self._hooks = hooks
        self.preview = preview

    def same(self, old: Resource, new: Resource) -> Resource:
        """Nothing changes but, perhaps, the options kept in the state."""
        kept = replace(new, outputs=secretive(old.outputs, new))
        with self.told("same", kept):
            self._journal.settle(old, kept)
        return kept

    def create_component(self, new: Resource) -> Resource:
        made = replace(new, created=now(), modified=now())
        with self.told("create", made):
            self._journal.settle(None, made)
        return made

    def update_component(self, old: Resource, new: Resource) -> Resource:
        made = replace(new, modified=now())
        with self.told("update", made, old=old):
            self._journal.settle(old, made)
        return made

    def create(
        self,
        new: Resource,
        hooks: tuple[str, ...],
        keep: Callable[[Resource], None],
        *,
        op: Op = "create",
        old: Resource | None = None,
        decision: Decision | None = None,
    ) -> Resource:
        """Create it; ``keep`` puts it into the journal. Raises EngineErrors."""
        provider = self._providers.get(new.provider)
        timeout = new.custom_timeouts.get("create", 0.0)
        with (
            self.told(op, new, old=old, decision=decision),
            self._journal.operation(new, "creating"),
        ):
            made = replace(new, created=now(), modified=now())
            try:
                id_, outputs = self._persist(
                    "create",
                    hooks,
                    new,
                    None,
                    lambda: provider.create(
                        new.urn, new.inputs, timeout, preview=self.preview
                    ),
                )
            except ResourceIncomplete as error:
                keep(_incomplete(made, error))
                raise
            except EngineError:
                self._journal.write()
                raise
            made = replace(made, id=id_, outputs=secretive(outputs, made))
            keep(made)
        return made

    def update(
        self,
        old: Resource,
        new: Resource,
        hooks: tuple[str, ...],
        decision: Decision,
    ) -> Resource:
        """Update it in place. A failed update leaves the old inputs in the state."""
        provider = self._providers.get(new.provider)
        timeout = new.custom_timeouts.get("update", 0.0)
        with (
            self.told("update", new, old=old, decision=decision),
            self._journal.operation(new, "updating"),
        ):
            try:
                outputs = self._persist(
                    "update",
                    hooks,
                    new,
                    old,
                    lambda: provider.update(
                        old,
                        new.inputs,
                        timeout,
                        ignore_changes=new.ignore_changes,
                        preview=self.preview,
                    ),
                )
            except ResourceIncomplete as error:
                failed = replace(_incomplete(new, error), inputs=old.inputs)
                self._journal.settle(old, failed)
                raise
            made = replace(new, outputs=secretive(outputs, new), modified=now())
            self._journal.settle(old, made)
        return made

    def delete(self, old: Resource, keep: Callable[[], object], op: Op) -> None:
        """Delete it; ``keep`` tells the journal that it is gone."""
        with self.told(op, old, old=old):
            if not self.is_kept(old) and not self.preview:
                provider = self._providers.get(old.provider)
                timeout = old.custom_timeouts.get("delete", 0.0)
                with self._journal.operation(old, "deleting"):
                    self._persist(
                        "delete",
                        old.error_hooks,
                        None,
                        old,
                        lambda: provider.delete(old, timeout),
                    )
                    keep()
            else:
                keep()

    @staticmethod
    def is_kept(old: Resource) -> bool:
        """Whether only its record goes, and no provider is asked to delete it."""
        return (
            not old.custom
            or old.external
            or old.is_provider
            or old.retain_on_delete
            or old.pending_replacement
        )

    @contextmanager
    def told(
        self,
        op: Op,
        resource: Resource,
        *,
        old: Resource | None = None,
        decision: Decision | None = None,
    ) -> Iterator[None]:
        """Tell the events how it starts and ends."""
        step = Step(
            op,
            resource.urn,
            resource.type,
            resource.name,
            decision.details if decision else {},
            old.inputs if old else {},
            resource.inputs,
        )
        start = time.monotonic()
        if resource.is_provider:  # an engine's matter, not the user's
            yield
            return
        self._events.started(step)
        try:
            yield
        except EngineError as error:
            self._events.failed(step, str(error))
            raise
        self._events.finished(step, time.monotonic() - start)

    def _persist(
        self,
        operation: str,
        hooks: tuple[str, ...],
        new: Resource | None,
        old: Resource | None,
        work: Callable[[], Answer],
    ) -> Answer:
        """Do it again as long as it fails and an error hook wants that."""
        errors: list[str] = []
        subject = new or old
        assert subject is not None
        while True:
            try:
                return work()
            except ProviderRefused as error:
                errors.insert(0, str(error))
                if not self._hooks.retry(hooks, operation, new, old, errors):
                    if self._hooks.are_missing(hooks):
                        self._events.message("info", UNASKED, subject.urn)
                    raise
                text = f"retrying the failed {operation}"
                self._events.message("info", text, subject.urn, ephemeral=True)


def secretive(outputs: Properties, resource: Resource) -> Properties:
    """The outputs with those marked secret that the program named."""
    named = resource.additional_secret_outputs
    return {k: as_secret(v) if k in named else v for k, v in outputs.items()}


def _incomplete(resource: Resource, error: ResourceIncomplete) -> Resource:
    return replace(
        resource,
        id=error.id or resource.id,
        outputs=dict(error.outputs),
        init_errors=error.reasons,
    )
