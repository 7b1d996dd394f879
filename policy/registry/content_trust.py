from __future__ import annotations

from collections.abc import Iterator

from ..kinds import REGISTRY
from ..rule import ADVISORY, Config, Properties, Rule
from .tiers import at


def check(registry: Properties, _: Config) -> Iterator[str]:
    if at(registry, "policies.trustPolicy.status") == "enabled":
        yield "`policies.trustPolicy` is enabled."


RULE = Rule(
    "registry-no-content-trust",
    "A registry does not begin with Docker Content Trust, which ends in March 2028.",
    change="Take `trust_policy` out, and sign images with the Notary Project's tools.",
    level=ADVISORY,
    source="https://learn.microsoft.com/azure/container-registry/container-registry-content-trust-deprecation",
).about([REGISTRY], check)
