"""The built-in roles around registries: ids and actions as Azure publishes them.

Source: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

REGISTRY = "Microsoft.ContainerRegistry/registries"
READ_ALL = "*/read"


@dataclass(frozen=True)
class Role:
    """A role definition; actions may hold ``*``."""

    id: str
    name: str
    description: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()

    def grants(self, action: str) -> bool:
        """Whether the role allows an action (or data action), in any case."""
        if _any(self.not_actions, action):
            return False
        return _any((*self.actions, *self.data_actions), action)


def _any(patterns: tuple[str, ...], action: str) -> bool:
    return any(fnmatchcase(action.lower(), one.lower()) for one in patterns)


ROLES = (
    Role(
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "Owner",
        "Full access to all resources, and the right to assign roles.",
        ("*",),
    ),
    Role(
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "Contributor",
        "Full access to all resources, without the right to assign roles.",
        ("*",),
        (
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
        ),
    ),
    Role(
        "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        "Reader",
        "View all resources, and change none.",
        (READ_ALL,),
    ),
    Role(
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "User Access Administrator",
        "Manage who has access to resources.",
        (READ_ALL, "Microsoft.Authorization/*"),
    ),
    Role(
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        "Role Based Access Control Administrator",
        "Manage access to resources by assigning roles.",
        (
            READ_ALL,
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
        ),
    ),
    Role(
        "7f951dda-4ed3-4680-a7ca-43fe172d538d",
        "AcrPull",
        "Pull artifacts from a container registry.",
        (f"{REGISTRY}/pull/read", f"{REGISTRY}/metadata/read"),
    ),
    Role(
        "8311e382-0749-4cb8-b61a-304f252e45ec",
        "AcrPush",
        "Push artifacts to and pull artifacts from a container registry.",
        (
            f"{REGISTRY}/pull/read",
            f"{REGISTRY}/push/write",
            f"{REGISTRY}/metadata/read",
            f"{REGISTRY}/metadata/write",
        ),
    ),
    Role(
        "c2f4ef07-c644-48eb-af81-4b1b4947fb11",
        "AcrDelete",
        "Delete repositories, tags and manifests of a container registry.",
        (f"{REGISTRY}/artifacts/delete",),
    ),
    Role(
        "6cef56e8-d556-48e5-a04f-b8e64114680f",
        "AcrImageSigner",
        "Push trusted images to a registry with content trust.",
        (f"{REGISTRY}/sign/write",),
    ),
    Role(
        "b93aa761-3e63-49ed-ac28-beffa264f7ac",
        "Container Registry Repository Reader",
        "Read images and metadata of repositories in a registry in ABAC mode.",
        (),
        (),
        (
            f"{REGISTRY}/repositories/metadata/read",
            f"{REGISTRY}/repositories/content/read",
        ),
    ),
    Role(
        "2a1e307c-b015-4ebd-883e-5b7698a07328",
        "Container Registry Repository Writer",
        "Read and write images of repositories in a registry in ABAC mode.",
        (),
        (),
        (
            f"{REGISTRY}/repositories/metadata/read",
            f"{REGISTRY}/repositories/content/read",
            f"{REGISTRY}/repositories/metadata/write",
            f"{REGISTRY}/repositories/content/write",
        ),
    ),
    Role(
        "f1a07417-d97a-45cb-824c-7a7467783830",
        "Managed Identity Operator",
        "Read and assign user-assigned identities.",
        (
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
        ),
    ),
)
BY_ID = {role.id: role for role in ROLES}
