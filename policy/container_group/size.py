from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..kinds import CONTAINER_GROUP
from ..rule import Config, Properties, Rule, number
from .parts import containers, name_of

#: Schema key -> property of a container's requests and limits.
PARTS = {"mostCpu": "cpu", "mostMemoryInGB": "memoryInGB"}


def check(container: Properties, config: Config) -> Iterator[str]:
    wanted: dict[str, Any] = container.get("resources") or {}
    for key, part in PARTS.items():
        if (wanted.get("requests") or {}).get(part) is None:
            yield f"The container {name_of(container)} does not say its {part}."
        for kind in ("requests", "limits"):
            value = (wanted.get(kind) or {}).get(part) or 0
            if value > config[key]:
                yield f"The container {name_of(container)} {kind} {value:g} {part}."


RULE = Rule(
    "container-size",
    "A container says how much CPU and memory it takes, and takes no more than it may.",
    change="Set `resources.requests`, and less than this rule allows.",
    config={
        "mostCpu": number(4, "CPU cores of one container"),
        "mostMemoryInGB": number(16, "Memory of one container in GB"),
    },
    source="https://learn.microsoft.com/azure/container-instances/container-instances-resource-and-quota-limits",
).about([CONTAINER_GROUP], check, each=containers)
