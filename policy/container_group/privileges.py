from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import Severity

from ..kinds import CONTAINER_GROUP
from ..rule import Config, Properties, Rule
from .parts import all_containers, name_of


def check(container: Properties, _: Config) -> Iterator[str]:
    context = container.get("securityContext") or {}
    for key in ("privileged", "allowPrivilegeEscalation"):
        if context.get(key):
            yield f"The container {name_of(container)} has `{key}`."


RULE = Rule(
    "container-not-privileged",
    "No container has or takes more rights than its image needs.",
    change="Take it out of `security_context`.",
    severity=Severity.CRITICAL,
    source="https://learn.microsoft.com/azure/container-instances/container-instances-image-security",
).about([CONTAINER_GROUP], check, each=all_containers)
