from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from pulumi_policy import Severity

from ..kinds import REGISTRY
from ..rule import Config, Properties, Rule, number
from .tiers import at


def ranges(registry: Properties) -> Iterator[Properties]:
    yield from at(registry, "networkRuleSet.ipRules") or ()


def check(rule: Properties, config: Config) -> Iterator[str]:
    text = str(rule.get("iPAddressOrRange") or "")
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        yield f"{text!r} in `ip_rules` is no address and no range."
        return
    if network.prefixlen < config["shortestPrefix"]:
        yield f"{text} in `ip_rules` lets {network.num_addresses} addresses in."


RULE = Rule(
    "registry-address-ranges-narrow",
    "The addresses that may reach a registry are few.",
    change="Name single addresses or small ranges, such as 203.0.113.0/28.",
    severity=Severity.HIGH,
    config={"shortestPrefix": number(24, "Bits of the widest range that may come in")},
    source="https://learn.microsoft.com/azure/container-registry/container-registry-access-selected-networks",
).about([REGISTRY], check, each=ranges)
