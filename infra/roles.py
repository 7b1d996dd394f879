"""The role that lets somebody pull, by the registry's permission mode. Sans-I/O.

A registry in ABAC mode passes over AcrPull, and one that is not passes over the other:
https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
"""

from __future__ import annotations

from collections.abc import Mapping

#: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/containers
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
REPOSITORY_READER = "b93aa761-3e63-49ed-ac28-beffa264f7ac"

#: Permission mode, in the words of `az acr create --role-assignment-mode` -> the role.
PULL_ROLES: Mapping[str, str] = {"rbac": ACR_PULL, "rbac-abac": REPOSITORY_READER}


def definition(subscription: str, role: str) -> str:
    """The resource id of a built-in role."""
    kind = "providers/Microsoft.Authorization/roleDefinitions"
    return f"/subscriptions/{subscription}/{kind}/{role}"
