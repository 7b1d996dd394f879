from __future__ import annotations

from collections.abc import Iterator, Sequence

from pulumi_policy import PolicyResource

from ..kinds import CONTAINER_GROUP, ROLE_ASSIGNMENT
from ..rule import ADVISORY, Config, Rule


def check(stack: Sequence[PolicyResource], _: Config) -> Iterator[tuple[str, str]]:
    for group in stack:
        if not CONTAINER_GROUP.matches(group.resource_type):
            continue
        after = [one.resource_type for one in group.dependencies]
        if _pulls_by_identity(group) and not any(map(ROLE_ASSIGNMENT.matches, after)):
            yield f"{group.name} depends on no role assignment.", group.urn


def _pulls_by_identity(group: PolicyResource) -> bool:
    credentials = group.props.get("imageRegistryCredentials") or ()
    return any(one.get("identity") for one in credentials)


RULE = Rule(
    "role-before-pull",
    "A container group that pulls with an identity is made after its role.",
    change="Add the role assignment to `depends_on` of the container group.",
    level=ADVISORY,
    source="https://learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi",
).across(check)
