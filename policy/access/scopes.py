"""Where a role assignment holds."""

from __future__ import annotations

import re

from ..rule import Properties

REGISTRY = re.compile(
    r"/providers/Microsoft\.ContainerRegistry/registries/[^/]+$", re.IGNORECASE
)
#: Scopes that hold resources, and those that will come.
WIDE = {
    "a management group": r"/providers/Microsoft\.Management/managementGroups/[^/]+",
    "a subscription": r"/subscriptions/[^/]+",
    "a resource group": r"/subscriptions/[^/]+/resourceGroups/[^/]+",
    "everything": r"/?",
}


def is_on_registry(assignment: Properties) -> bool:
    return REGISTRY.search(str(assignment.get("scope") or "")) is not None


def wide_scope(assignment: Properties) -> str:
    """What the scope is when it is more than one resource; else nothing."""
    scope = str(assignment.get("scope") or "").rstrip("/")
    for name, pattern in WIDE.items():
        if re.fullmatch(pattern, scope, re.IGNORECASE):
            return name
    return ""
