"""The tiers of a registry, and what only some of them have.

https://learn.microsoft.com/azure/container-registry/container-registry-skus
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..rule import Properties

TIERS = ("Basic", "Standard", "Premium")


@dataclass(frozen=True)
class Feature:
    """A property (its path) with a value that needs a tier. ``value`` None: any."""

    path: str
    value: str | bool | None
    tiers: tuple[str, ...] = ("Premium",)


FEATURES = (
    Feature("anonymousPullEnabled", True, ("Standard", "Premium")),
    Feature("dataEndpointEnabled", True),
    Feature("encryption.status", "enabled"),
    Feature("networkRuleSet", None),
    Feature("policies.exportPolicy.status", "disabled"),
    Feature("policies.quarantinePolicy.status", "enabled"),
    Feature("policies.retentionPolicy.status", "enabled"),
    Feature("policies.trustPolicy.status", "enabled"),
    Feature("publicNetworkAccess", "Disabled"),
)


def tier_of(registry: Properties) -> str:
    """The name of the tier; empty where none is set."""
    return str((registry.get("sku") or {}).get("name") or "")


def at(properties: Properties, path: str) -> Any:
    """The value at a path of names with dots; None where there is none."""
    found: Any = properties
    for name in path.split("."):
        found = found.get(name) if found is not None else None
    return found


def is_set(registry: Properties, feature: Feature) -> bool:
    found = at(registry, feature.path)
    if feature.value is None:
        return found is not None
    # Azure takes words in any case.
    return str(found).lower() == str(feature.value).lower()


def is_restricted(registry: Properties) -> bool:
    """Whether the public network reaches the registry in part only, or not at all."""
    access = str(at(registry, "publicNetworkAccess"))
    action = str(at(registry, "networkRuleSet.defaultAction"))
    return access == "Disabled" or action == "Deny"
