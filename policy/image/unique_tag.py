from __future__ import annotations

import re
from collections.abc import Iterator

from ..kinds import IMAGE
from ..references import Reference
from ..rule import ADVISORY, Config, Properties, Rule

#: A hash of the content or of a commit, perhaps after a version.
PATTERN = r"([\w.]+-)?[0-9a-f]{7,64}"


def check(image: Properties, config: Config) -> Iterator[str]:
    tag = Reference.parse(str(image.get("imageName") or "")).tag
    if not re.fullmatch(config["pattern"], tag):
        yield f"The tag is {tag!r}."


RULE = Rule(
    "image-tag-unique",
    "The tag of an image is never used again for another content.",
    change="Make the tag of a hash of the content, or of the commit.",
    level=ADVISORY,
    config={
        "pattern": {
            "type": "string",
            "default": PATTERN,
            "description": "Regular expression of the whole tag",
        }
    },
    source="https://learn.microsoft.com/azure/container-registry/container-registry-image-tag-version#unique-tags",
).about([IMAGE], check)
