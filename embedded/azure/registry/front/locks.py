"""What attributes forbid and hide below ``/v2``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from starlette.requests import Request

from embedded.azure.registry.front.attributes import (
    DELETE,
    READ,
    WHOLE,
    WRITE,
    Attributes,
)
from embedded.azure.registry.front.contents import Contents
from embedded.azure.registry.front.operations import Match
from embedded.azure.registry.front.tokens import Tokens

#: Method -> the flags that it needs, and the action of a token.
NEEDS = {
    "GET": (READ, "pull"),
    "HEAD": (READ, "pull"),
    "PUT": (WRITE, "push"),
    "DELETE": (DELETE, "delete"),
}


class Locks:
    """Those of one registry.

    Layers go in also where a repository is locked, and are asked for before a push also
    where it may not be read: its manifests are refused. One who may not do it at all is
    left to Distribution, which says so.
    """

    def __init__(
        self, attributes: Attributes, contents: Contents, tokens: Tokens
    ) -> None:
        self._attributes = attributes
        self._contents = contents
        self._tokens = tokens

    def forbid(self, request: Request, found: Match, data: bytes = b"") -> bool:
        """``data`` is a manifest that is pushed."""
        flags, action = NEEDS.get(request.method, ((), ""))
        name, parts = found.parts.get("name", ""), found.parts
        if "reference" in parts:
            references = self._references(name, parts["reference"], action, data)
            free = self._attributes.allow(flags, name, references)
        elif "digest" in parts and action == "delete":
            # A layer may be one of anything in it.
            free = self._attributes.allow_all(flags, name)
        elif "digest" in parts and request.method == "GET":
            free = self._attributes.allow(flags, name)
        else:
            return False
        header = request.headers.get("authorization", "")
        return not free and self._tokens.opens(header, "repository", name, action)

    def _references(
        self, name: str, reference: str, action: str, data: bytes
    ) -> list[str]:
        """All that a request for a manifest is about."""
        if action == "push":
            return [reference, f"sha256:{hashlib.sha256(data).hexdigest()}"]
        if action == "delete":
            return [reference, *self._contents.tags_of(name, reference)]
        digest = self._contents.digest(name, reference) if ":" not in reference else ""
        return [reference, digest]

    def repositories(self, every: Iterable[str]) -> list[str]:
        """Those that a listing shows."""
        hidden = self._attributes.hidden()
        return [one for one in every if (one, WHOLE) not in hidden]

    def tags(self, repository: str, every: Iterable[str]) -> list[str]:
        """Those that a listing shows."""
        hidden = self._attributes.hidden()
        return [one for one in every if (repository, one) not in hidden]
