from __future__ import annotations

from collections.abc import Iterator

from ..kinds import CONTAINER_GROUP
from ..rule import Config, Properties, Rule
from .parts import address, containers


def check(group: Properties, _: Config) -> Iterator[str]:
    served = {_of(port) for one in containers(group) for port in one.get("ports") or ()}
    for port in map(_of, address(group).get("ports") or ()):
        if port not in served:
            yield f"Port {port} leads to no container."


def _of(port: Properties) -> str:
    """``53/UDP``; a port is one of TCP unless it says otherwise."""
    return f"{int(port['port'])}/{str(port.get('protocol') or 'TCP').upper()}"


RULE = Rule(
    "container-group-ports-served",
    "Every port of the group's address is one that a container exposes.",
    change="Add the port to `ports` of the container that listens on it.",
    source="https://learn.microsoft.com/azure/container-instances/container-instances-container-groups#networking",
).about([CONTAINER_GROUP], check)
