from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import Severity

from ..kinds import REGISTRY
from ..rule import Config, Properties, Rule


def check(registry: Properties, _: Config) -> Iterator[str]:
    if registry.get("anonymousPullEnabled"):
        yield "`anonymousPullEnabled` is true."


RULE = Rule(
    "registry-anonymous-pull-off",
    "Nobody pulls from a registry without signing in.",
    change="Leave `anonymous_pull_enabled` out, and give AcrPull to whoever pulls.",
    severity=Severity.HIGH,
    source="https://learn.microsoft.com/azure/container-registry/anonymous-pull-access",
).about([REGISTRY], check)
