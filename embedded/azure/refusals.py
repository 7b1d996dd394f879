"""What ARM itself refuses before any service is asked. Codes are ARM's."""

from __future__ import annotations

from collections.abc import Sequence

from embedded.azure.errors import ArmError


class MissingApiVersion(ArmError):
    code = "MissingApiVersionParameter"

    def __init__(self) -> None:
        super().__init__(
            "The api-version query parameter (?api-version=) is required for all "
            "requests."
        )


class InvalidApiVersion(ArmError):
    code = "InvalidApiVersionParameter"

    def __init__(self, version: str) -> None:
        super().__init__(
            f"The api-version '{version}' is invalid: it must be a date such as "
            "2023-01-01 or 2023-01-01-preview."
        )


class NoRegisteredProvider(ArmError):
    code = "NoRegisteredProviderFound"

    def __init__(self, type_: str, version: str, known: Sequence[str]) -> None:
        super().__init__(
            f"No registered resource provider found for API version '{version}' of "
            f"type '{type_}'. The supported api-versions are '{', '.join(known)}'."
        )


class InvalidNamespace(ArmError):
    status = 404
    code = "InvalidResourceNamespace"

    def __init__(self, namespace: str) -> None:
        super().__init__(
            f"The resource namespace '{namespace}' is invalid: the local Azure does "
            "not offer it."
        )


class InvalidType(ArmError):
    status = 404
    code = "InvalidResourceType"

    def __init__(self, type_: str) -> None:
        super().__init__(
            f"The resource type or operation '{type_}' could not be found in the "
            "local Azure."
        )


class MethodNotAllowed(ArmError):
    status = 405
    code = "MethodNotAllowed"

    def __init__(self, method: str, path: str) -> None:
        super().__init__(f"{method} is not allowed at {path}.")


class SubscriptionNotFound(ArmError):
    status = 404
    code = "SubscriptionNotFound"

    def __init__(self, subscription: str) -> None:
        super().__init__(f"The subscription '{subscription}' could not be found.")


class ResourceGroupNotFound(ArmError):
    status = 404
    code = "ResourceGroupNotFound"

    def __init__(self, group: str) -> None:
        super().__init__(f"Resource group '{group}' could not be found.")


class ResourceGroupBeingDeleted(ArmError):
    status = 409
    code = "ResourceGroupBeingDeleted"

    def __init__(self, group: str) -> None:
        super().__init__(
            f"The resource group '{group}' is in deprovisioning state and cannot "
            "perform this operation."
        )


class AuthorizationFailed(ArmError):
    status = 403
    code = "AuthorizationFailed"

    def __init__(self, client_id: str, object_id: str, action: str, scope: str) -> None:
        super().__init__(
            f"The client '{client_id}' with object id '{object_id}' does not have "
            f"authorization to perform action '{action}' over scope '{scope}' or the "
            "scope is invalid. If access was recently granted, please refresh your "
            "credentials."
        )


class ScopeLocked(ArmError):
    status = 409
    code = "ScopeLocked"

    def __init__(self, path: str, operation: str, scopes: Sequence[str]) -> None:
        super().__init__(
            f"The scope '{path}' cannot perform {operation} operation because "
            f"following scope(s) are locked: '{', '.join(scopes)}'. Please remove the "
            "lock and try again."
        )


class InvalidContent(ArmError):
    code = "InvalidRequestContent"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The request content was invalid: {reason}.")


class ContentTooLarge(ArmError):
    status = 413
    code = "RequestContentTooLarge"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request content is larger than {limit} bytes.")


class UnsupportedMediaType(ArmError):
    status = 415
    code = "UnsupportedMediaType"

    def __init__(self, media_type: str) -> None:
        super().__init__(
            f"The content media type '{media_type}' is not supported. Only "
            "'application/json' is supported."
        )


class InvalidPath(ArmError):
    code = "InvalidResourceName"

    def __init__(self) -> None:
        super().__init__(
            "The path holds a name with characters that no Azure name may have."
        )


class Internal(ArmError):
    status = 500
    code = "InternalServerError"

    def __init__(self, request_id: str) -> None:
        super().__init__(
            f"The local Azure failed. Its log says why, under request {request_id}."
        )
