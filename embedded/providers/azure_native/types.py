"""One row per resource type: where it lives and how its properties are laid out.

Paths, versions and naming rules are those of pulumi-azure-native 3.29.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from embedded.providers.resource import ProviderError

GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/{{registryName}}"
ALPHANUMERIC = r"[a-zA-Z0-9]{5,50}"

#: How a missing name is made: name + 8 hex digits, the name itself, or a UUID.
Naming = Literal["random", "copy", "uuid"]


@dataclass(frozen=True)
class ResourceType:
    """A row of the table.

    ``path`` has the names of inputs in braces; ``root`` are keys that stay outside of
    ``properties`` in the body; ``nested`` are lists whose items have all but the named
    keys in a ``properties`` of their own; ``pattern`` is that of the own name.
    """

    token: str
    version: str
    path: str
    root: tuple[str, ...] = ()
    naming: Naming = "random"
    pattern: str = r"[\w().-]{1,90}"
    replaces: tuple[str, ...] = ()
    nested: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    flattened: bool = True
    #: Inputs whose outputs have more in them than was asked for: no preview knows it.
    computed: tuple[str, ...] = ()
    #: ``identity.userAssignedIdentities`` is a list of ids in the SDK.
    identity_list: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        """The inputs in the path, but for the subscription's id."""
        found = re.findall(r"\{(\w+)\}", self.path)
        return tuple(name for name in found if name != "subscriptionId")

    @property
    def name_input(self) -> str:
        return self.parameters[-1]

    @property
    def has_location(self) -> bool:
        return "location" in self.root

    @property
    def fixed(self) -> frozenset[str]:
        """Inputs that cannot change without a replacement."""
        return frozenset((*self.parameters, *self.replaces))


def _child(
    type_: str,
    segment: str,
    pattern: str,
    root: tuple[str, ...] = (),
    version: str = "2024-11-01-preview",
) -> ResourceType:
    """A child of a registry: named after itself, and by nobody else's choice."""
    return ResourceType(
        f"containerregistry:{type_}",
        version,
        f"{REGISTRY}/{segment}/{{{type_[0].lower()}{type_[1:]}Name}}",
        root=root,
        naming="copy",
        pattern=pattern,
        replaces=("location",) if "location" in root else (),
    )


TYPES = (
    ResourceType(
        "resources:ResourceGroup",
        "2024-03-01",
        GROUP,
        root=("location", "tags", "managedBy"),
        replaces=("location",),
        flattened=False,
    ),
    ResourceType(
        "containerregistry:Registry",
        "2023-01-01-preview",
        REGISTRY,
        root=("location", "tags", "sku", "identity"),
        pattern=ALPHANUMERIC,
        replaces=("location",),
    ),
    _child("Webhook", "webhooks", ALPHANUMERIC, ("location", "tags")),
    _child("Replication", "replications", ALPHANUMERIC, ("location", "tags")),
    _child("ScopeMap", "scopeMaps", r"[a-zA-Z0-9_-]{5,50}"),
    _child("Token", "tokens", r"[a-zA-Z0-9-]{5,50}"),
    _child("CacheRule", "cacheRules", r"[a-zA-Z0-9-]{5,50}"),
    _child(
        "CredentialSet",
        "credentialSets",
        r"[a-zA-Z0-9-]{5,50}",
        ("identity",),
        "2023-01-01-preview",
    ),
    _child(
        "Task",
        "tasks",
        r"[a-zA-Z0-9_-]{5,50}",
        ("location", "tags", "identity"),
        "2019-06-01-preview",
    ),
    ResourceType(
        "authorization:ManagementLockByScope",
        "2020-05-01",
        "/{scope}/providers/Microsoft.Authorization/locks/{lockName}",
    ),
    ResourceType(
        "managedidentity:UserAssignedIdentity",
        "2023-01-31",
        f"{GROUP}/providers/Microsoft.ManagedIdentity"
        "/userAssignedIdentities/{resourceName}",
        root=("location", "tags"),
        pattern=r"[a-zA-Z0-9][\w-]{2,127}",
        replaces=("location",),
    ),
    ResourceType(
        "authorization:RoleAssignment",
        "2022-04-01",
        "/{scope}/providers/Microsoft.Authorization"
        "/roleAssignments/{roleAssignmentName}",
        naming="uuid",
        replaces=("principalId",),
    ),
    ResourceType(
        "containerinstance:ContainerGroup",
        "2024-05-01-preview",
        f"{GROUP}/providers/Microsoft.ContainerInstance"
        "/containerGroups/{containerGroupName}",
        root=("location", "tags", "zones", "identity"),
        pattern=r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
        nested={
            "containers": ("name",),
            "initContainers": ("name",),
            "extensions": ("name",),
        },
        computed=("identity", "ipAddress"),
        identity_list=True,
    ),
)
_ROWS = {row.token: row for row in TYPES}
_TOKEN = re.compile(r"azure-native:(\w+)(?:/v\w+)?:(\w+)")


def find(token: str) -> ResourceType:
    """The row of a type token, versioned or not. Raises ProviderError."""
    match = _TOKEN.fullmatch(token)
    row = _ROWS.get(f"{match.group(1)}:{match.group(2)}") if match else None
    if row is None:
        known = ", ".join(sorted(_ROWS))
        raise ProviderError(
            f"the embedded Azure has no resource type {token!r}; it has {known}"
        )
    return row
