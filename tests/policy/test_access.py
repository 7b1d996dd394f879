"""Rules for role assignments."""

from __future__ import annotations

from typing import Any

import pytest

Judge = Any
ROLES = "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions"
PULL = f"{ROLES}/7f951dda-4ed3-4680-a7ca-43fe172d538d"
PUSH = f"{ROLES}/8311e382-0749-4cb8-b61a-304f252e45ec"
OWNER = f"{ROLES}/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
GROUP = "/subscriptions/s/resourceGroups/g"
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/lab"
GOOD = {
    "principalType": "ServicePrincipal",
    "roleDefinitionId": PULL,
    "scope": REGISTRY,
}
RULES = [
    "role-not-privileged",
    "role-pull-only",
    "role-scope-narrow",
    "role-principal-type",
]


@pytest.mark.parametrize("rule", RULES)
def test_pull_on_the_registry_for_a_named_type_is_passed(
    judge: Judge, rule: str
) -> None:
    assert judge(rule, GOOD) == []


@pytest.mark.parametrize(
    ("rule", "change", "said"),
    [
        ("role-not-privileged", {"roleDefinitionId": OWNER}, "The role is Owner."),
        ("role-pull-only", {"roleDefinitionId": PUSH}, "registry is AcrPush."),
        ("role-pull-only", {"roleDefinitionId": f"{ROLES}/x-1"}, "registry is x-1."),
        ("role-scope-narrow", {"scope": GROUP}, "The scope is a resource group."),
        (
            "role-scope-narrow",
            {"scope": "/subscriptions/s/"},
            "The scope is a subscription.",
        ),
        (
            "role-scope-narrow",
            {"scope": "/providers/Microsoft.Management/managementGroups/m"},
            "The scope is a management group.",
        ),
        ("role-scope-narrow", {"scope": "/"}, "The scope is everything."),
        ("role-principal-type", {"principalType": None}, "is not set. Set"),
    ],
)
def test_a_bad_assignment_is_told_what_to_change(
    judge: Judge, rule: str, change: dict[str, Any], said: str
) -> None:
    (message,) = judge(rule, {**GOOD, **change})
    assert said in message


def test_a_role_on_something_else_may_be_another_one(judge: Judge) -> None:
    vault = f"{GROUP}/providers/Microsoft.KeyVault/vaults/v"
    assert not judge(
        "role-pull-only", {**GOOD, "scope": vault, "roleDefinitionId": PUSH}
    )


def test_the_roles_that_are_allowed_can_be_configured(judge: Judge) -> None:
    pushing = {**GOOD, "roleDefinitionId": PUSH}
    assert not judge("role-pull-only", pushing, allowed=["AcrPull", "AcrPush"])


def test_the_roles_that_are_forbidden_can_be_configured(judge: Judge) -> None:
    assert judge("role-not-privileged", GOOD, forbidden=["AcrPull"])


def test_a_scope_that_is_not_known_yet_is_no_violation(
    judge: Judge, unknown: str
) -> None:
    for rule in RULES:
        assert not judge(rule, {**GOOD, "scope": unknown})


PULLING = {"imageRegistryCredentials": [{"server": "r", "identity": "i"}]}


def test_a_group_that_pulls_after_its_role_is_passed(
    judge_stack: Any, resource: Any
) -> None:
    role = resource("role", "pull", {})
    group = resource("container", "web", PULLING, after=[role])
    assert judge_stack("role-before-pull", [role, group]) == []


def test_a_group_that_does_not_wait_for_its_role_is_told_by_its_urn(
    judge_stack: Any, resource: Any
) -> None:
    stack = [resource("role", "pull", {}), resource("container", "web", PULLING)]
    ((message, urn),) = judge_stack("role-before-pull", stack)
    assert "web depends on no role assignment. Add" in message
    assert urn == "urn:web"


def test_a_group_that_pulls_with_no_identity_waits_for_no_role(
    judge_stack: Any, resource: Any
) -> None:
    assert not judge_stack("role-before-pull", [resource("container", "web", {})])
