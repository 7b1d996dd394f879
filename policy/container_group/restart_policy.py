from __future__ import annotations

from collections.abc import Iterator

from ..kinds import CONTAINER_GROUP
from ..rule import ADVISORY, Config, Properties, Rule
from .parts import published


def check(group: Properties, _: Config) -> Iterator[str]:
    policy = group.get("restartPolicy") or "Always"
    if published(group) and policy != "Always":
        yield f"The group serves ports, and its restart policy is {policy}."


RULE = Rule(
    "container-group-restarts",
    "A group that serves is started again whenever it ends.",
    change="Set `restart_policy` to Always; the others are for tasks.",
    level=ADVISORY,
    source="https://learn.microsoft.com/azure/container-instances/container-instances-restart-policy",
).about([CONTAINER_GROUP], check)
