"""What the kinds of children have in common, as data. Sans-I/O."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from embedded.azure.registry.errors import InvalidChildName, InvalidProperty
from embedded.azure.service import Json
from embedded.azure.store import Document

ALPHANUMERIC = r"[A-Za-z0-9]{5,50}"
WITH_HYPHEN = r"[A-Za-z0-9-]{5,50}"
WITH_BOTH = r"[A-Za-z0-9_-]{5,50}"


@dataclass(frozen=True)
class Family:
    """A child's surroundings: its registry, and all other children of it."""

    registry: Document
    others: Sequence[Document]

    @property
    def tier(self) -> str:
        return str(self.registry.body["sku"]["name"])

    def of(self, kind: str) -> list[Document]:
        wanted = f"microsoft.containerregistry/registries/{kind}".lower()
        return [one for one in self.others if one.type.lower() == wanted]

    def policy(self, name: str) -> bool:
        """Whether a policy of the registry is enabled."""
        found = self.registry.body["properties"]["policies"][name]
        return bool(found["status"] == "enabled")


#: Keys inside ``partly`` hidden properties that no read shows.
SECRETS = ("contextAccessToken", "sourceControlAuthProperties")
#: Checks properties over those of before: raises an ArmError for what is wrong.
Check = Callable[[Family, Json], None]


@dataclass(frozen=True)
class Kind:
    """A row of the table.

    ``located``: it has a location and tags of its own. ``hidden`` are properties that
    no read shows, ``partly`` those that hold SECRETS somewhere. ``limits`` is how many
    a tier allows. ``stamped``: it tells when it was made.
    """

    type: str
    pattern: str
    check: Check
    defaults: Mapping[str, Any] = field(default_factory=dict)
    located: bool = False
    identified: bool = False
    stamped: bool = False
    hidden: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)

    def check_name(self, name: str) -> None:
        if re.fullmatch(self.pattern, name) is None:
            raise InvalidChildName(self.type, name, self.pattern)


def word(properties: Json, name: str, *allowed: str) -> None:
    """The property is there and one of some words. Raises InvalidProperty."""
    if properties.get(name) not in allowed:
        raise InvalidProperty(name, properties.get(name), " or ".join(allowed))


def text(properties: Json, name: str, pattern: str, allowed: str) -> str:
    """The property is a text that matches. Raises InvalidProperty."""
    found = properties.get(name)
    if not isinstance(found, str) or re.fullmatch(pattern, found) is None:
        raise InvalidProperty(name, found, allowed)
    return found


def texts(properties: Json, name: str, pattern: str, allowed: str) -> list[str]:
    """The property is a list of such texts, and not empty. Raises InvalidProperty."""
    found = properties.get(name)
    if not isinstance(found, list) or not found:
        raise InvalidProperty(name, found, f"a list; each is {allowed}")
    for one in found:
        text({name: one}, name, pattern, allowed)
    return found
