from __future__ import annotations

from collections.abc import Iterator

from ..kinds import REGISTRY
from ..rule import Config, Properties, Rule, texts
from .tiers import TIERS, tier_of


def check(registry: Properties, config: Config) -> Iterator[str]:
    tier = tier_of(registry)
    if tier not in config["allowed"]:
        yield f"The tier is {tier or 'not set'}."


RULE = Rule(
    "registry-sku-allowed",
    "A registry has a tier that is meant to be paid for.",
    change="Set `sku` to one of those that `allowed` of this rule lists.",
    config={"allowed": texts(TIERS, "Tiers that a registry may have")},
    source="https://learn.microsoft.com/azure/container-registry/container-registry-skus",
).about([REGISTRY], check)
