from __future__ import annotations

from collections.abc import Iterator

from ..kinds import CONTAINER_GROUP
from ..references import Reference
from ..rule import ADVISORY, Config, Properties, Rule
from .parts import all_containers, credentials


def check(group: Properties, _: Config) -> Iterator[str]:
    images = [str(one.get("image") or "") for one in all_containers(group)]
    hosts = [Reference.parse(image).host for image in images]
    for credential in credentials(group):
        server = str(credential.get("server") or "")
        if server not in hosts:
            yield f"No container has an image of {server}."


RULE = Rule(
    "container-group-credentials-used",
    "Every login of a group is for the registry of one of its images.",
    change="Take it out of `image_registry_credentials`, or mend its `server`.",
    level=ADVISORY,
    source="https://learn.microsoft.com/azure/container-instances/container-instances-troubleshooting",
).about([CONTAINER_GROUP], check)
