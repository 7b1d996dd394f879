"""What became of the steps that an earlier run did not see the end of.

The state names them as pending operations. Pulumi's CLI warns of interrupted creates
and leaves the search to the user; here the provider is asked, so that nothing that was
made is forgotten, and nothing that is gone is taken to be there.
"""

from __future__ import annotations

from dataclasses import replace

from embedded.engine.errors import EngineError
from embedded.engine.events import Events
from embedded.engine.journal import Journal
from embedded.engine.provider import Read
from embedded.engine.provider_registry import ProviderRegistry
from embedded.engine.state import Operation, Resource


class Recovery:
    """Settles all pending operations before anything else is done."""

    def __init__(
        self, journal: Journal, providers: ProviderRegistry, events: Events
    ) -> None:
        self._journal = journal
        self._providers = providers
        self._events = events

    def run(self) -> bool:
        """Name each of them; whether all are settled. The others stay pending."""
        for operation in tuple(self._journal.pending):
            try:
                found = self._ask(operation)
            except EngineError as error:
                self._tell(
                    operation,
                    "what became of it cannot be told, and `refresh` forgets it: "
                    f"{error}",
                )
                continue
            self._tell(operation, self._settle(operation, found))
            self._journal.resolve(operation)
        return not self._journal.pending

    def _ask(self, operation: Operation) -> Read:
        """Of an interrupted create no id is known: the provider goes by its inputs."""
        one = operation.resource
        id_ = "" if operation.type == "creating" else one.id
        provider = self._providers.get(one.provider)
        return provider.read(one.urn, id_, one.outputs, one.inputs)

    def _settle(self, operation: Operation, found: Read) -> str:
        if operation.type == "creating":
            return self._settle_create(operation.resource, found)
        row = self._journal.find(operation.resource)
        if row is None:
            return "the state does not hold it any more"
        if not found.id:
            self._journal.swap(row, None)
            return "it is gone"
        if operation.type == "updating":
            self._journal.swap(row, doubtful(row))
            return "the next `up` updates it again"
        return "it is still there"

    def _settle_create(self, wanted: Resource, found: Read) -> str:
        if not found.id:
            return "it was not made"
        made = doubtful(replace(wanted, id=found.id, outputs=found.outputs))
        old = self._journal.current(made.urn)
        if old is None or old.pending_replacement:
            self._journal.adopt(old, made)
            return "it is there, and now in the state"
        if old.id == made.id:
            self._journal.swap(old, doubtful(old))
            return "the next `up` updates it again"
        self._journal.adopt(None, replace(made, delete=True))
        return "it is there, and the next `up` deletes it: it was to replace another"

    def _tell(self, operation: Operation, outcome: str) -> None:
        text = f"an earlier run was interrupted while {operation.type} it; {outcome}"
        self._events.message("warning", text, operation.resource.urn)


def doubtful(resource: Resource) -> Resource:
    """The same, so marked that the next `up` puts it right even if nothing changed."""
    reason = "an earlier run was interrupted while it worked on this"
    return replace(resource, init_errors=(reason,))
