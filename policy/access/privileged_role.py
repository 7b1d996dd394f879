from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import Severity

from ..kinds import ROLE_ASSIGNMENT
from ..rule import Config, Properties, Rule, texts
from .roles import role_of

FORBIDDEN = (
    "Owner",
    "Contributor",
    "User Access Administrator",
    "Role Based Access Control Administrator",
)


def check(assignment: Properties, config: Config) -> Iterator[str]:
    role = role_of(assignment)
    if role in config["forbidden"]:
        yield f"The role is {role}."


RULE = Rule(
    "role-not-privileged",
    "A stack gives nobody a role that manages resources or access.",
    change="Set `role_definition_id` to the least role that does; to pull: AcrPull.",
    severity=Severity.CRITICAL,
    config={"forbidden": texts(FORBIDDEN, "Roles, by name or by id")},
    source="https://learn.microsoft.com/azure/role-based-access-control/best-practices",
).about([ROLE_ASSIGNMENT], check)
