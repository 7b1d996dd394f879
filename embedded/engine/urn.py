"""URNs: ``urn:pulumi:<stack>::<project>::<parent$type>::<name>``. Sans-I/O."""

from __future__ import annotations

from dataclasses import dataclass

STACK_TYPE = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Urn:
    """The parts of one URN; ``types`` is the chain, outermost parent first."""

    stack: str
    project: str
    types: str
    name: str

    @property
    def type(self) -> str:
        return self.types.rsplit("$", 1)[-1]


def make(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """The URN of a resource. The root stack is no part of the chain of types."""
    chain = parse(parent).types if parent else ""
    types = f"{chain}${type_}" if chain and chain != STACK_TYPE else type_
    return f"urn:pulumi:{stack}::{project}::{types}::{name}"


def parse(text: str) -> Urn:
    """Split a URN; the name may hold colons. Raises ValueError."""
    head, *rest = text.split("::", 3)
    if not head.startswith("urn:pulumi:") or len(rest) != 3:
        raise ValueError(f"not a Pulumi URN: {text!r}")
    return Urn(head.removeprefix("urn:pulumi:"), *rest)
