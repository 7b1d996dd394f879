"""The seam between a provider's resources and the protocol they are served by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from embedded.providers.values import Properties

Kind = Literal["add", "delete", "update"]


class ProviderError(Exception):
    """What the user is told; never with a traceback."""


class InputsInvalid(ProviderError):
    """Mistakes in inputs: (property, reason) pairs."""

    def __init__(self, mistakes: Sequence[tuple[str, str]]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("; ".join(f"{name}: {why}" for name, why in mistakes))


class OutcomeUnknown(ProviderError):
    """Nobody answered: what was asked for may have happened, or not."""


class InitFailed(ProviderError):
    """The resource exists, but it is not as it should be: it goes into the state."""

    def __init__(self, id_: str, outputs: Properties, reason: str) -> None:
        self.id = id_
        self.outputs = outputs
        super().__init__(reason)


@dataclass(frozen=True)
class Subject:
    """The resource that a call is about; ``type`` is its Pulumi type token."""

    urn: str
    type: str
    name: str


@dataclass(frozen=True)
class Difference:
    """Property path -> how it differs; which paths need a replacement."""

    details: Mapping[str, Kind] = field(default_factory=dict)
    replaces: frozenset[str] = frozenset()
    delete_first: bool = False


@dataclass(frozen=True)
class State:
    """What the engine knows of an existing resource."""

    id: str
    inputs: Properties
    outputs: Properties


class Resource(Protocol):
    """One resource type. Every method may raise ProviderError."""

    def check(
        self, subject: Subject, old: Properties | None, new: Properties, seed: bytes
    ) -> Properties:
        """The inputs with names and defaults filled in."""

    def diff(self, subject: Subject, old: State, new: Properties) -> Difference: ...

    def create(
        self, subject: Subject, inputs: Properties, *, preview: bool
    ) -> tuple[str, Properties]:
        """Id and outputs; in a preview the id is empty."""

    def update(
        self, subject: Subject, old: State, new: Properties, *, preview: bool
    ) -> Properties: ...

    def read(self, subject: Subject, known: State) -> State | None:
        """What it is now; None if it is gone.

        An empty id: an engine was interrupted while creating it, and asks whether
        something was made of these inputs.
        """

    def delete(self, subject: Subject, old: State) -> None: ...


class Log(Protocol):
    """A word for the user while something takes long."""

    def __call__(
        self, urn: str, text: str, *, ephemeral: bool = True, warning: bool = False
    ) -> None: ...


class Package(Protocol):
    """A provider: its resource types and functions."""

    name: str
    version: str

    def configure(self, config: Mapping[str, str], log: Log) -> None: ...

    def resource(self, type_: str) -> Resource: ...

    def invoke(self, token: str, arguments: Properties) -> Properties: ...
