from __future__ import annotations

from collections.abc import Iterator

from ..kinds import REGISTRY
from ..rule import DISABLED, Config, Properties, Rule
from .tiers import at


def check(registry: Properties, _: Config) -> Iterator[str]:
    if at(registry, "policies.azureADAuthenticationAsArmPolicy.status") != "disabled":
        yield "It takes every token of ARM as a login."


RULE = Rule(
    "registry-arm-tokens-off",
    "A registry takes tokens that were made for it, not those for all of Azure.",
    change="Set `policies.azure_ad_authentication_as_arm_policy` to disabled.",
    level=DISABLED,  # some services and older clients still need such tokens
    source="https://learn.microsoft.com/azure/container-registry/container-registry-disable-authentication-as-arm",
).about([REGISTRY], check)
