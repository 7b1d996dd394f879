from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import Severity

from ..kinds import CONTAINER_GROUP
from ..references import Reference
from ..rule import Config, Properties, Rule, texts
from .parts import all_containers, name_of

#: localhost is where the registries of a local Azure are.
ALLOWED = ("*.azurecr.io", "mcr.microsoft.com", "localhost:*")


def check(container: Properties, config: Config) -> Iterator[str]:
    reference = Reference.parse(str(container.get("image") or ""))
    if not reference.is_from(config["allowed"]):
        yield f"The image of {name_of(container)} is from {reference.host}."


RULE = Rule(
    "container-image-registry-allowed",
    "A container runs images of known registries only.",
    change="Copy the image into your registry (`az acr import`) and name that one.",
    severity=Severity.HIGH,
    config={"allowed": texts(ALLOWED, "Registries; `*` stands for anything")},
    source="https://learn.microsoft.com/azure/container-registry/container-registry-best-practices",
).about([CONTAINER_GROUP], check, each=all_containers)
