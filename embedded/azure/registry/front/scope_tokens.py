"""Tokens of a registry that sign in at its front, and what their scope maps allow."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from embedded.azure.registry.children.kind import WITH_HYPHEN
from embedded.azure.registry.children.kinds import covers
from embedded.azure.registry.children.model import Children
from embedded.azure.registry.children.passwords import matches
from embedded.azure.store import Document

#: A scope's action -> what a scope map calls it. Nobody lists the catalog by token.
RIGHTS = {
    "pull": "content/read",
    "push": "content/write",
    "delete": "content/delete",
    "metadata_read": "metadata/read",
    "metadata_write": "metadata/write",
}


@dataclass(frozen=True)
class ScopeTokens:
    """Those of one registry; ``current`` gives its document."""

    children: Children
    current: Callable[[], Document]

    def enabled(self, name: str) -> Document | None:
        """A token that may sign in. What is no name of a token is none."""
        if re.fullmatch(WITH_HYPHEN, name) is None:
            return None
        found = self.children.named(self.current().id, "tokens", name)
        if found is None or found.body["properties"]["status"] != "enabled":
            return None
        return found

    def signed_in(self, name: str, password: str) -> Document | None:
        found = self.enabled(name)
        return found if found is not None and matches(found, password) else None

    def allows(self, name: str, action: str, repository: str) -> bool:
        """As the token and its scope map are now."""
        token = self.enabled(name)
        if token is None or action not in RIGHTS:
            return False
        scope_map = self.children.find(token.body["properties"]["scopeMapId"])
        rights = scope_map.body["properties"]["actions"] if scope_map else ()
        return any(covers(one, repository) == RIGHTS[action] for one in rights)
