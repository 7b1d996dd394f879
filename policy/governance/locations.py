from __future__ import annotations

from collections.abc import Iterator

from ..kinds import CONTAINER_GROUP, IDENTITY, REGISTRY, REPLICATION, RESOURCE_GROUP
from ..rule import Config, Properties, Rule, texts


def check(resource: Properties, config: Config) -> Iterator[str]:
    allowed = [_plain(one) for one in config["allowed"]]
    location = resource.get("location")
    if allowed and location and _plain(location) not in allowed:
        yield f"The location is {location}."


def _plain(location: str) -> str:
    """``West Europe`` and ``westeurope`` are one."""
    return location.replace(" ", "").lower()


RULE = Rule(
    "location-allowed",
    "Resources are where their data may be.",
    change="Set `location` to one of those that `allowed` of this rule lists.",
    config={"allowed": texts([], "Regions; empty for all of them")},
    source="https://learn.microsoft.com/azure/governance/policy/samples/built-in-policies#general",
).about([RESOURCE_GROUP, REGISTRY, REPLICATION, IDENTITY, CONTAINER_GROUP], check)
