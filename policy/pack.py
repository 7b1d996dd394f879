"""All rules, in the order of the documents."""

from __future__ import annotations

from pulumi_policy import PolicyPack

from . import access, container_group, governance, image, registry
from .rule import Policy

NAME = "acr-lab"
#: Subject -> its rules.
SUBJECTS: dict[str, list[Policy]] = {
    "Registry": registry.RULES,
    "Access": access.RULES,
    "Image": image.RULES,
    "Container group": container_group.RULES,
    "Governance": governance.RULES,
}
RULES: list[Policy] = [rule for rules in SUBJECTS.values() for rule in rules]


def serve() -> None:
    """Answer the engine until it ends this process."""
    PolicyPack(NAME, policies=[*RULES])
