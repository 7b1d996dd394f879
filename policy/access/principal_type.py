from __future__ import annotations

from collections.abc import Iterator

from ..kinds import ROLE_ASSIGNMENT
from ..rule import Config, Properties, Rule


def check(assignment: Properties, _: Config) -> Iterator[str]:
    if not assignment.get("principalType"):
        yield "`principalType` is not set."


RULE = Rule(
    "role-principal-type",
    "A role assignment says what its principal is: a new one may not be found yet.",
    change="Set `principal_type`; for a managed identity: ServicePrincipal.",
    source="https://learn.microsoft.com/azure/role-based-access-control/troubleshooting",
).about([ROLE_ASSIGNMENT], check)
