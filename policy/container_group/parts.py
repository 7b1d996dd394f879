"""The parts of a container group that rules look at one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..rule import Properties


def containers(group: Properties) -> Iterator[Properties]:
    """Those that run, not those that prepare the group."""
    yield from group.get("containers") or ()


def all_containers(group: Properties) -> Iterator[Properties]:
    yield from containers(group)
    yield from group.get("initContainers") or ()


def variables(group: Properties) -> Iterator[Properties]:
    for container in all_containers(group):
        yield from container.get("environmentVariables") or ()


def credentials(group: Properties) -> Iterator[Properties]:
    yield from group.get("imageRegistryCredentials") or ()


def address(group: Properties) -> Properties:
    """The ``ipAddress``; empty where the group has none."""
    found: Properties = group.get("ipAddress") or {}
    return found


def published(group: Properties) -> list[int]:
    """The ports of the group's address."""
    return [int(one["port"]) for one in address(group).get("ports") or ()]


def exposed(container: Properties) -> list[int]:
    return [int(one["port"]) for one in container.get("ports") or ()]


def has_probe(container: Properties) -> bool:
    return any(container.get(one) for one in ("livenessProbe", "readinessProbe"))


def name_of(container: Properties) -> Any:
    return container.get("name")
