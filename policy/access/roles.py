"""Built-in roles by the last part of their id.

https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
"""

from __future__ import annotations

from ..rule import Properties

NAMES = {
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "2a1e307c-b015-4ebd-883e-5b7698a07328": "Container Registry Repository Writer",
    "7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
    "8311e382-0749-4cb8-b61a-304f252e45ec": "AcrPush",
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "b93aa761-3e63-49ed-ac28-beffa264f7ac": "Container Registry Repository Reader",
    "c2f4ef07-c644-48eb-af81-4b1b4947fb11": "AcrDelete",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": ("Role Based Access Control Administrator"),
}


def role_of(assignment: Properties) -> str:
    """The name of the role, or its bare id where it is no known one."""
    id_ = str(assignment.get("roleDefinitionId") or "").rpartition("/")[2].lower()
    return NAMES.get(id_, id_)
