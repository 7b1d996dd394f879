from __future__ import annotations

from collections.abc import Iterator

from ..kinds import IMAGE
from ..references import Reference
from ..rule import Config, Properties, Rule


def check(image: Properties, _: Config) -> Iterator[str]:
    name = str(image.get("imageName") or "")
    if not Reference.parse(name).is_pinned:
        yield f"The image is {name!r}."


RULE = Rule(
    "image-tag-not-latest",
    "An image is pushed with a tag, and not with `latest`.",
    change="End `image_name` in a tag that says what is in the image.",
    source="https://learn.microsoft.com/azure/container-registry/container-registry-image-tag-version",
).about([IMAGE], check)
