from __future__ import annotations

from collections.abc import Iterator

from ..kinds import REGISTRY
from ..rule import ADVISORY, Config, Properties, Rule, number
from .tiers import at, tier_of


def check(registry: Properties, config: Config) -> Iterator[str]:
    policy = at(registry, "policies.retentionPolicy") or {}
    days = policy.get("days") or 0
    if policy.get("status") == "enabled":
        if days > config["mostDays"]:
            yield f"Untagged manifests are kept for {days:.0f} days."
    elif tier_of(registry) == "Premium":
        yield "It is Premium and keeps untagged manifests for ever."


RULE = Rule(
    "registry-retention",
    "A Premium registry deletes untagged manifests after some time.",
    change="Set `policies.retention_policy` to enabled, with fewer `days`.",
    level=ADVISORY,
    config={"mostDays": number(30, "Days that an untagged manifest may stay")},
    source="https://learn.microsoft.com/azure/container-registry/container-registry-retention-policy",
).about([REGISTRY], check)
