from __future__ import annotations

from collections.abc import Iterator

from ..kinds import REGISTRY
from ..rule import ADVISORY, Config, Properties, Rule
from .tiers import at


def check(registry: Properties, _: Config) -> Iterator[str]:
    closed = at(registry, "publicNetworkAccess") == "Disabled"
    if closed and at(registry, "policies.exportPolicy.status") != "disabled":
        yield "The public network is closed, and images can still be exported."


RULE = Rule(
    "registry-export-off",
    "What is in a private registry cannot be exported or imported elsewhere.",
    change="Set `policies.export_policy` to disabled.",
    level=ADVISORY,
    source="https://learn.microsoft.com/azure/container-registry/data-loss-prevention",
).about([REGISTRY], check)
