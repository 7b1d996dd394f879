from __future__ import annotations

from collections.abc import Iterator

from ..kinds import CONTAINER_GROUP, IDENTITY, REGISTRY, RESOURCE_GROUP
from ..rule import ADVISORY, Config, Properties, Rule, texts


def check(resource: Properties, config: Config) -> Iterator[str]:
    tags = resource.get("tags") or {}
    for name in config["required"]:
        if name not in tags:
            yield f"There is no tag {name!r}."


RULE = Rule(
    "tags-required",
    "A resource says what it is for, so that its costs can be told.",
    change="Add it to `tags`; in this project: the configuration key `tags`.",
    level=ADVISORY,
    config={"required": texts(["environment"], "Names of tags")},
    source="https://learn.microsoft.com/azure/cloud-adoption-framework/ready/azure-best-practices/resource-tagging",
).about([RESOURCE_GROUP, REGISTRY, IDENTITY, CONTAINER_GROUP], check)
