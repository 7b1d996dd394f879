"""Refusals of Microsoft.Resources."""

from __future__ import annotations

from collections.abc import Sequence

from embedded.azure.errors import ArmError


class GroupNotFound(ArmError):
    status = 404
    code = "ResourceGroupNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"Resource group '{name}' could not be found.")


class InvalidGroupName(ArmError):
    code = "InvalidResourceGroupName"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The resource group name '{name}' is invalid: 1 to 90 letters, digits, "
            "'_', '-', '.', '(' and ')', and no '.' at the end."
        )


class LocationRequired(ArmError):
    code = "LocationRequired"

    def __init__(self) -> None:
        super().__init__("The location property is required for this definition.")


class LocationUnknown(ArmError):
    code = "LocationNotAvailableForResourceGroup"

    def __init__(self, location: str) -> None:
        super().__init__(
            f"The provided location '{location}' is not available for resource groups: "
            "a location has letters and digits, such as 'westeurope'."
        )


class GroupElsewhere(ArmError):
    status = 409
    code = "InvalidResourceGroupLocation"

    def __init__(self, name: str, location: str) -> None:
        super().__init__(
            f"The resource group '{name}' already exists in location '{location}', and "
            "a group cannot be moved."
        )


class InvalidTags(ArmError):
    code = "InvalidTagNameOrValue"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The tags are invalid: {reason}.")


class ProviderNotFound(ArmError):
    status = 404
    code = "InvalidResourceNamespace"

    def __init__(self, namespace: str) -> None:
        super().__init__(f"The resource namespace '{namespace}' is invalid.")


class InvalidTemplate(ArmError):
    code = "InvalidTemplate"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Deployment template validation failed: {reason}.")


class InvalidTemplateDeployment(ArmError):
    code = "InvalidTemplateDeployment"

    def __init__(self, name: str, faults: Sequence[ArmError]) -> None:
        message = (
            f"The template deployment '{name}' is not valid according to the "
            "validation procedure. See inner errors for details."
        )
        super().__init__(message, details=faults)


class InvalidFilter(ArmError):
    code = "InvalidFilterInQueryString"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"Invalid $filter '{text}': it may compare resourceType, resourceGroup, "
            "name, location, tagName and tagValue with `eq`, joined by `and`."
        )
