from __future__ import annotations

from collections.abc import Iterator

from ..kinds import CONTAINER_GROUP
from ..rule import Config, Properties, Rule
from .parts import address, containers, exposed, has_probe, name_of, published


def check(group: Properties, _: Config) -> Iterator[str]:
    if address(group).get("type") != "Public":
        return
    ports = set(published(group))
    for container in containers(group):
        if ports & set(exposed(container)) and not has_probe(container):
            yield f"The container {name_of(container)} is public and never asked."


RULE = Rule(
    "container-group-public-probed",
    "What is on a public address has a probe: nobody else notices when it hangs.",
    change="Set `liveness_probe` of the container, or take the public address away.",
    source="https://learn.microsoft.com/azure/container-instances/container-instances-liveness-probe",
).about([CONTAINER_GROUP], check)
