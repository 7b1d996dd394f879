"""Refusals of Microsoft.ContainerRegistry."""

from __future__ import annotations

from embedded.azure.errors import ArmError


class RegistryNotFound(ArmError):
    status = 404
    code = "ResourceNotFound"

    def __init__(self, name: str, group: str) -> None:
        super().__init__(
            f"The Resource 'Microsoft.ContainerRegistry/registries/{name}' under "
            f"resource group '{group}' was not found."
        )


class InvalidRegistryName(ArmError):
    code = "RegistryNameInvalid"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The registry name '{name}' is invalid: resource names may contain alpha "
            "numeric characters only and must be between 5 and 50 characters."
        )


class AlreadyInUse(ArmError):
    status = 409
    code = "AlreadyInUse"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The registry DNS name {name}.azurecr.io is already in use. You can check "
            "if the name is already claimed using following API: "
            "https://docs.microsoft.com/en-us/rest/api/containerregistry/registries/"
            "checknameavailability"
        )


class InvalidSku(ArmError):
    code = "InvalidSku"

    def __init__(self, name: object) -> None:
        super().__init__(
            f"The SKU '{name}' is invalid: choose Basic, Standard or Premium."
        )


class SkuNotSupported(ArmError):
    code = "SkuNotSupported"

    def __init__(self, feature: str, sku: str, least: str) -> None:
        super().__init__(
            f"{feature} is not supported for SKU {sku}: it needs {least}. See "
            "https://aka.ms/acr/tiers."
        )


class PublicAccessFixed(SkuNotSupported):
    code = "DisablingPublicNetworkAccessNotSupported"


class AnonymousPullRefused(SkuNotSupported):
    code = "BadRequest"


class FeatureNotSupported(ArmError):
    """What Azure has and this machine does not; no code of Azure's own."""

    code = "FeatureNotSupportedByEmbeddedAzure"

    def __init__(self, feature: str, reason: str) -> None:
        super().__init__(f"'{feature}' cannot be had here: {reason}.", target=feature)


class PoliciesExclude(ArmError):
    code = "PolicyConflict"

    def __init__(self, one: str, other: str) -> None:
        super().__init__(
            f"The policies {one} and {other} exclude each other: disable one of them."
        )


class ExportNeedsPrivate(ArmError):
    code = "ExportPolicyRequiresPrivateAccess"

    def __init__(self) -> None:
        super().__init__(
            "exportPolicy can be disabled only where publicNetworkAccess is Disabled."
        )


class ChildNotFound(ArmError):
    status = 404
    code = "ResourceNotFound"

    def __init__(self, path: str) -> None:
        super().__init__(f"The Resource '{path}' was not found.")


class InvalidChildName(ArmError):
    code = "InvalidResourceName"

    def __init__(self, type_: str, name: str, pattern: str) -> None:
        super().__init__(
            f"The name '{name}' of {type_} is invalid: it must match {pattern}."
        )


class QuotaExceeded(ArmError):
    status = 403
    code = "QuotaExceeded"

    def __init__(self, type_: str, limit: int, tier: str) -> None:
        super().__init__(
            f"The registry has {limit} {type_}, and SKU {tier} allows no more. Delete "
            "one, or raise the SKU. See https://aka.ms/acr/tiers."
        )


class InUse(ArmError):
    status = 409
    code = "SkuDowngradeNotSupported"

    def __init__(self, type_: str, count: int, tier: str) -> None:
        super().__init__(
            f"The registry has {count} {type_}, more than SKU {tier} allows: delete "
            "them before the SKU is lowered."
        )


class ScopeMapNotFound(ArmError):
    code = "ScopeMapNotFound"

    def __init__(self, path: str) -> None:
        super().__init__(f"The scope map '{path}' is none of this registry.")


class SystemScopeMap(ArmError):
    code = "SystemScopeMapCannotBeChanged"

    def __init__(self, name: str) -> None:
        super().__init__(f"The scope map '{name}' is the system's, and stays as it is.")


class TokenNotFound(ArmError):
    status = 404
    code = "TokenNotFound"

    def __init__(self, path: str) -> None:
        super().__init__(f"The token '{path}' is none of this registry.")


class LocationRequired(ArmError):
    code = "LocationRequired"

    def __init__(self) -> None:
        super().__init__("The location property is required for this definition.")


class RegistryElsewhere(ArmError):
    status = 409
    code = "InvalidResourceLocation"

    def __init__(self, name: str, location: str) -> None:
        super().__init__(
            f"The registry '{name}' already exists in location '{location}', and it "
            "cannot be moved."
        )


class InvalidProperty(ArmError):
    code = "InvalidRequestContent"

    def __init__(self, path: str, value: object, allowed: str) -> None:
        super().__init__(
            f"The property '{path}' is {value!r}, and must be {allowed}.", target=path
        )


class AdminDisabled(ArmError):
    code = "UnAuthorizedForCredentialOperations"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The admin user of registry '{name}' is disabled: enable adminUserEnabled "
            "to use its credentials."
        )


class DistributionMissing(ArmError):
    status = 409
    code = "DistributionNotFound"

    def __init__(self) -> None:
        super().__init__(
            "There is no `docker-registry` on PATH: the local Azure puts the real "
            "Distribution behind every registry. `make up` gets it; or install "
            "Debian's package docker-registry and start the local Azure again."
        )


class DistributionFailed(ArmError):
    status = 409
    code = "DistributionNotStarted"

    def __init__(self, name: str, last_words: str) -> None:
        super().__init__(
            f"The Distribution of registry '{name}' did not start. The last that it "
            f"said: {last_words or 'nothing'}"
        )


class PortTaken(ArmError):
    status = 409
    code = "PortTaken"

    def __init__(self, name: str, port: int, reason: str) -> None:
        super().__init__(
            f"Registry '{name}' cannot listen on port {port} of this machine: "
            f"{reason}. Its login server keeps its port: end the program that listens "
            "there, then start the local Azure again or update the registry."
        )
