"""Refusals of Microsoft.ManagedIdentity."""

from __future__ import annotations

from embedded.azure.errors import ArmError


class IdentityNotFound(ArmError):
    status = 404
    code = "ResourceNotFound"

    def __init__(self, name: str, group: str) -> None:
        super().__init__(
            f"The Resource 'Microsoft.ManagedIdentity/userAssignedIdentities/{name}' "
            f"under resource group '{group}' was not found."
        )


class InvalidIdentityName(ArmError):
    code = "InvalidResourceName"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The identity name '{name}' is invalid: 3 to 128 letters, digits, '-' and "
            "'_', the first a letter or digit."
        )


class IdentityLocation(ArmError):
    code = "LocationRequired"

    def __init__(self) -> None:
        super().__init__("The location property is required for this definition.")


class IdentityElsewhere(ArmError):
    status = 409
    code = "InvalidResourceLocation"

    def __init__(self, name: str, location: str) -> None:
        super().__init__(
            f"The identity '{name}' already exists in location '{location}', and it "
            "cannot be moved."
        )
