"""The resource types that the rules are about, whatever their API version."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """Some type tokens that stand for the same thing."""

    pattern: str

    def matches(self, token: str) -> bool:
        return re.fullmatch(self.pattern, token) is not None


def _native(module: str, name: str) -> Kind:
    """A type of azure-native: the default version, one of its own, or a local SDK."""
    return Kind(rf"azure-native(_\w+)?:{module}(/\w+)?:{name}")


CONTAINER_GROUP = _native("containerinstance", "ContainerGroup")
IDENTITY = _native("managedidentity", "UserAssignedIdentity")
IMAGE = Kind(r"docker:index/image:Image")
REGISTRY = _native("containerregistry", "Registry")
REPLICATION = _native("containerregistry", "Replication")
RESOURCE_GROUP = _native("resources", "ResourceGroup")
ROLE_ASSIGNMENT = _native("authorization", "RoleAssignment")
