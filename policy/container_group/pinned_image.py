from __future__ import annotations

from collections.abc import Iterator

from ..kinds import CONTAINER_GROUP
from ..references import Reference
from ..rule import Config, Properties, Rule
from .parts import all_containers, name_of


def check(container: Properties, _: Config) -> Iterator[str]:
    image = str(container.get("image") or "")
    if not Reference.parse(image).is_pinned:
        yield f"The container {name_of(container)} runs {image!r}."


RULE = Rule(
    "container-image-pinned",
    "A container runs an image that does not change under its name.",
    change="Name a tag other than `latest`, or a digest, in `image`.",
    source="https://learn.microsoft.com/azure/container-registry/container-registry-image-tag-version",
).about([CONTAINER_GROUP], check, each=all_containers)
