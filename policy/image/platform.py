from __future__ import annotations

from collections.abc import Iterator

from ..kinds import IMAGE
from ..rule import Config, Properties, Rule, texts


def check(image: Properties, config: Config) -> Iterator[str]:
    build = image.get("build")
    if build is None:
        return
    platform = build.get("platform")
    if platform not in config["allowed"]:
        yield f"The platform is {platform or 'that of whoever builds'}."


RULE = Rule(
    "image-platform-pinned",
    "An image is built for the platform that runs it, whatever the builder's is.",
    change="Set `build.platform` to linux/amd64, the one of Container Instances.",
    config={"allowed": texts(["linux/amd64"], "Platforms to build for")},
    source="https://learn.microsoft.com/azure/container-instances/container-instances-faq",
).about([IMAGE], check)
