from __future__ import annotations

from collections.abc import Iterator

from ..kinds import REGISTRY
from ..rule import ADVISORY, Config, Properties, Rule
from .tiers import is_restricted


def check(registry: Properties, _: Config) -> Iterator[str]:
    bypass = registry.get("networkRuleBypassOptions")
    if is_restricted(registry) and bypass == "None":
        yield "`networkRuleBypassOptions` is None on a registry with a closed network."


RULE = Rule(
    "registry-trusted-services",
    "Container Instances reach a registry with a closed network as a trusted service.",
    change="Leave `network_rule_bypass_options` out or set it to AzureServices.",
    level=ADVISORY,
    source="https://learn.microsoft.com/azure/container-registry/allow-access-trusted-services",
).about([REGISTRY], check)
