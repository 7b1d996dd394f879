from __future__ import annotations

from collections.abc import Iterator

from ..kinds import REGISTRY
from ..rule import ADVISORY, Config, Properties, Rule
from .tiers import is_restricted, tier_of


def check(registry: Properties, _: Config) -> Iterator[str]:
    if tier_of(registry) == "Premium" and not is_restricted(registry):
        yield "It is Premium and open to the whole internet."


RULE = Rule(
    "registry-network-restricted",
    "A Premium registry is not open to all networks; the other tiers cannot close.",
    change=(
        "Set `public_network_access` to Disabled, or `network_rule_set` to Deny with "
        "the addresses that may come in."
    ),
    level=ADVISORY,
    source="https://learn.microsoft.com/azure/container-registry/container-registry-access-selected-networks",
).about([REGISTRY], check)
