from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import Severity

from ..kinds import ROLE_ASSIGNMENT
from ..rule import Config, Properties, Rule
from .scopes import wide_scope


def check(assignment: Properties, _: Config) -> Iterator[str]:
    wide = wide_scope(assignment)
    if wide:
        yield f"The scope is {wide}."


RULE = Rule(
    "role-scope-narrow",
    "A role holds on one resource, not on all that a group or a subscription has.",
    change="Set `scope` to the id of the registry.",
    severity=Severity.HIGH,
    source="https://learn.microsoft.com/azure/role-based-access-control/scope-overview",
).about([ROLE_ASSIGNMENT], check)
