from __future__ import annotations

from collections.abc import Iterator

from ..kinds import CONTAINER_GROUP
from ..rule import ADVISORY, Config, Properties, Rule
from .parts import containers, name_of


def check(group: Properties, _: Config) -> Iterator[str]:
    several = list(containers(group))
    if len(several) < 2:
        return
    for container in several:
        limits = (container.get("resources") or {}).get("limits") or {}
        if limits.get("cpu") is None or limits.get("memoryInGB") is None:
            yield f"The container {name_of(container)} may take all that the group has."


RULE = Rule(
    "container-group-limits",
    "Where several containers share a group, each of them has limits.",
    change="Set `resources.limits`, CPU and memory, of every container.",
    level=ADVISORY,
    source="https://learn.microsoft.com/azure/container-instances/container-instances-container-groups#resource-allocation",
).about([CONTAINER_GROUP], check)
