from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import Severity

from ..kinds import ROLE_ASSIGNMENT
from ..rule import Config, Properties, Rule, texts
from .roles import role_of
from .scopes import is_on_registry

ALLOWED = ("AcrPull", "Container Registry Repository Reader")


def check(assignment: Properties, config: Config) -> Iterator[str]:
    role = role_of(assignment)
    if is_on_registry(assignment) and role not in config["allowed"]:
        yield f"The role on the registry is {role}."


RULE = Rule(
    "role-pull-only",
    "Whom a stack lets into a registry may pull, and nothing else.",
    change=(
        "Set `role_definition_id` to AcrPull, or to Container Registry Repository "
        "Reader where the registry has permissions for each repository."
    ),
    severity=Severity.HIGH,
    config={"allowed": texts(ALLOWED, "Roles on a registry, by name or by id")},
    source="https://learn.microsoft.com/azure/container-registry/container-registry-rbac-built-in-roles-overview",
).about([ROLE_ASSIGNMENT], check)
