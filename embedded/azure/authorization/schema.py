"""Bodies of Microsoft.Authorization."""

from __future__ import annotations

from embedded.azure.authorization.locks import LEVELS
from embedded.azure.authorization.roles import ROLES
from embedded.azure.shapes import GUID, record, text, word

_DEFINITIONS = "/providers/Microsoft.Authorization/roleDefinitions"
ASSIGNMENT = record(
    {
        "properties": record(
            {
                "principalId": GUID,
                "principalType": word("ServicePrincipal", "User", "Group"),
                "roleDefinitionId": word(*(f"{_DEFINITIONS}/{r.id}" for r in ROLES)),
                "description": text(),
                "condition": text(),
                "conditionVersion": text(),
            },
            ["principalId", "roleDefinitionId"],
        )
    },
    ["properties"],
)
LOCK = record(
    {"properties": record({"level": word(*LEVELS), "notes": text(most=512)})},
    ["properties"],
)
