from __future__ import annotations

from collections.abc import Iterator

from ..kinds import CONTAINER_GROUP
from ..rule import Config, Properties, Rule
from .parts import containers, exposed, published


def check(group: Properties, _: Config) -> Iterator[str]:
    served = {port for one in containers(group) for port in exposed(one)}
    for port in published(group):
        if port not in served:
            yield f"Port {port} leads to no container."


RULE = Rule(
    "container-group-ports-served",
    "Every port of the group's address is one that a container exposes.",
    change="Add the port to `ports` of the container that listens on it.",
    source="https://learn.microsoft.com/azure/container-instances/container-instances-container-groups#networking",
).about([CONTAINER_GROUP], check)
