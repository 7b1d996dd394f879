from __future__ import annotations

from collections.abc import Iterator, Sequence

from pulumi_policy import PolicyResource

from ..kinds import IMAGE, REGISTRY
from ..references import Reference
from ..rule import Config, Rule, texts


def check(stack: Sequence[PolicyResource], config: Config) -> Iterator[tuple[str, str]]:
    own = [
        str(one.props.get("loginServer") or "")
        for one in stack
        if REGISTRY.matches(one.resource_type)
    ]
    for image in stack:
        if not IMAGE.matches(image.resource_type):
            continue
        reference = Reference.parse(str(image.props.get("imageName") or ""))
        if not reference.is_from([*own, *config["others"]]):
            yield f"{image.name} goes to {reference.host}.", image.urn


RULE = Rule(
    "image-in-own-registry",
    "An image is pushed to a registry of the same stack.",
    change="Begin `image_name` with the login server of the stack's own registry.",
    config={"others": texts([], "Other registries that may be pushed to")},
    source="https://learn.microsoft.com/azure/container-registry/container-registry-best-practices",
).across(check)
