from __future__ import annotations

from collections.abc import Iterator

from ..kinds import REGISTRY
from ..rule import Config, Properties, Rule
from .tiers import FEATURES, is_set, tier_of


def check(registry: Properties, _: Config) -> Iterator[str]:
    tier = tier_of(registry)
    for feature in FEATURES:
        if tier not in feature.tiers and is_set(registry, feature):
            wanted = " or ".join(feature.tiers)
            yield f"`{feature.path}` needs {wanted}, and the tier is {tier}."


RULE = Rule(
    "registry-tier-has-features",
    "A registry uses only what its tier has; Azure refuses the rest half-way.",
    change="Take the setting out, or choose a `sku` that has it.",
    source="https://learn.microsoft.com/azure/container-registry/container-registry-skus",
).about([REGISTRY], check)
