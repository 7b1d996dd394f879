"""Refusals of the token endpoint (AADSTS…) and of ARM where a token is no good."""

from __future__ import annotations

from embedded.azure.errors import ArmError


class SignInError(Exception):
    """A refusal in OAuth's form: ``{"error", "error_description", "error_codes"}``."""

    status = 400
    error = "invalid_request"
    number = 900144

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class MissingParameter(SignInError):
    def __init__(self, name: str) -> None:
        super().__init__(f"The request body must contain the parameter '{name}'.")


class UnsupportedGrant(SignInError):
    error, number = "unsupported_grant_type", 70003

    def __init__(self, grant: str) -> None:
        super().__init__(f"The grant type '{grant}' is not offered here.")


class TenantUnknown(SignInError):
    error, number = "invalid_request", 90002

    def __init__(self, tenant: str) -> None:
        super().__init__(f"Tenant '{tenant}' not found.")


class TooLarge(SignInError):
    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request body is larger than {limit} bytes.")


class MethodUnknown(SignInError):
    status, number = 405, 900561

    def __init__(self, method: str) -> None:
        super().__init__(
            f"The endpoint only accepts POST requests. Received a {method} request."
        )


class ApplicationUnknown(SignInError):
    error, number = "unauthorized_client", 700016

    def __init__(self, client_id: str) -> None:
        super().__init__(
            f"Application with identifier '{client_id}' was not found in the directory."
        )


class WrongSecret(SignInError):
    status = 401
    error, number = "invalid_client", 7000215

    def __init__(self, client_id: str) -> None:
        super().__init__(f"Invalid client secret provided for app '{client_id}'.")


class ResourceUnknown(SignInError):
    error, number = "invalid_resource", 500011

    def __init__(self, audience: str) -> None:
        super().__init__(f"The resource principal named {audience} was not found.")


class AuthenticationFailed(ArmError):
    status = 401
    code = "AuthenticationFailed"

    def __init__(self) -> None:
        super().__init__(
            "Authentication failed. The 'Authorization' header is missing.",
            headers={"WWW-Authenticate": "Bearer"},
        )


class InvalidAuthenticationToken(ArmError):
    status = 401
    code = "InvalidAuthenticationToken"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The access token is invalid: {reason}.",
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )


class MalformedToken(InvalidAuthenticationToken):
    def __init__(self, reason: str) -> None:
        super().__init__(f"it cannot be used ({reason})")


class ExpiredAuthenticationToken(InvalidAuthenticationToken):
    code = "ExpiredAuthenticationToken"

    def __init__(self) -> None:
        super().__init__("it has expired; sign in again")


class InvalidAuthenticationTokenTenant(InvalidAuthenticationToken):
    code = "InvalidAuthenticationTokenTenant"

    def __init__(self, tenant: str) -> None:
        super().__init__(f"it is from the wrong issuer or tenant ({tenant})")


class GraphObjectNotFound(ArmError):
    status = 404
    code = "Request_ResourceNotFound"

    def __init__(self, id_: str) -> None:
        super().__init__(
            f"Resource '{id_}' does not exist or one of its queried reference-property "
            "objects are not present."
        )


class GraphPathUnknown(ArmError):
    code = "BadRequest"

    def __init__(self, method: str, path: str) -> None:
        super().__init__(
            f"{method} {path} is not offered: the directory of the local Azure can be "
            "read, and holds service principals only."
        )


class InvalidGraphBody(ArmError):
    code = "Request_BadRequest"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The body of the request is invalid: {reason}.")


class UnsupportedGraphFilter(ArmError):
    code = "Request_UnsupportedQuery"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"Unsupported $filter '{text}': it may compare appId, displayName or id "
            "with `eq`, ask `startswith(displayName,'…')`, or "
            "`servicePrincipalNames/any(c:c eq '…')`."
        )
