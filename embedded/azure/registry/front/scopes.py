"""Scopes of registry tokens: ``repository:app/web:pull,push``. Sans-I/O.

https://distribution.github.io/distribution/spec/auth/scope/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

#: ``repository(plugin):name:actions``; a name may hold a host with a port.
_SCOPE = re.compile(r"([a-z-]+)(?:\([a-z]+\))?:(.+):([\w*,]*)")
#: Older spellings of az.
_SPELLINGS = {"metadataRead": "metadata_read", "metadataWrite": "metadata_write"}
REPOSITORY_ACTIONS = (
    "pull",
    "push",
    "delete",
    "metadata_read",
    "metadata_write",
)


@dataclass(frozen=True)
class Scope:
    """One resource and what is asked of it."""

    type: str
    name: str
    actions: tuple[str, ...]

    def claim(self) -> dict[str, object]:
        """As it stands in the token's ``access``."""
        return {"type": self.type, "name": self.name, "actions": list(self.actions)}


def parse(texts: Iterable[str]) -> list[Scope]:
    """All scopes of a request; what is no scope is left out, as registries do."""
    found = (_SCOPE.fullmatch(one) for text in texts for one in text.split())
    return [
        Scope(
            match.group(1),
            match.group(2),
            tuple(_SPELLINGS.get(a, a) for a in match.group(3).split(",") if a),
        )
        for match in found
        if match is not None
    ]


def granted(asked: Iterable[Scope], allows: Callable[[str, str], bool]) -> list[Scope]:
    """What is asked for and allowed; ``allows`` answers for an action and a name.

    Grant less, do not fail: a scope with nothing left is left out.
    """
    result = []
    for scope in asked:
        actions = tuple(a for a in _wanted(scope) if allows(a, scope.name))
        if scope.type == "registry":
            actions = ("*",) if actions else ()
        if actions:
            result.append(Scope(scope.type, scope.name, actions))
    return result


def _wanted(scope: Scope) -> tuple[str, ...]:
    if scope.type == "registry":
        return ("catalog",) if scope.name == "catalog" else ()
    if scope.type != "repository":
        return ()
    if "*" in scope.actions:
        return (*REPOSITORY_ACTIONS,)
    return tuple(a for a in scope.actions if a in REPOSITORY_ACTIONS)
