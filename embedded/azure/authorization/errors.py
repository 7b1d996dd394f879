"""Refusals of Microsoft.Authorization."""

from __future__ import annotations

from embedded.azure.errors import ArmError


class AssignmentNotFound(ArmError):
    status = 404
    code = "RoleAssignmentNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"The role assignment '{name}' is not found.")


class DefinitionNotFound(ArmError):
    status = 404
    code = "RoleDefinitionDoesNotExist"

    def __init__(self, id_: str) -> None:
        super().__init__(
            f"The specified role definition with ID '{id_}' does not exist."
        )


class InvalidDefinition(DefinitionNotFound):
    status = 400


class AssignmentExists(ArmError):
    status = 409
    code = "RoleAssignmentExists"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The role assignment already exists. The ID of the existing role "
            f"assignment is {name}."
        )


class AssignmentFixed(ArmError):
    code = "RoleAssignmentUpdateNotPermitted"

    def __init__(self) -> None:
        super().__init__(
            "Tenant ID, application ID, principal ID, and scope are not allowed to be "
            "updated."
        )


class PrincipalNotFound(ArmError):
    code = "PrincipalNotFound"

    def __init__(self, principal: str, tenant: str) -> None:
        super().__init__(
            f"Principal {principal} does not exist in the directory {tenant}. If it "
            "was just created, set principalType so that the check is left out."
        )


class UnmatchedPrincipalType(ArmError):
    code = "UnmatchedPrincipalType"

    def __init__(self, principal: str, kind: str, asked: str) -> None:
        super().__init__(
            f"The PrincipalId '{principal}' has type '{kind}', which is different from "
            f"specified PrincipalType '{asked}'."
        )


class InvalidAssignmentName(ArmError):
    code = "InvalidRoleAssignmentId"

    def __init__(self, name: str) -> None:
        super().__init__(f"The role assignment ID '{name}' is not valid: it is a GUID.")


class InvalidPrincipal(ArmError):
    code = "InvalidPrincipalId"

    def __init__(self, principal: str) -> None:
        super().__init__(f"The principal ID '{principal}' is not valid: it is a GUID.")


class ScopeNotFound(ArmError):
    status = 404
    code = "ResourceNotFound"

    def __init__(self, scope: str) -> None:
        super().__init__(f"The scope '{scope}' of the role assignment was not found.")


class InvalidFilter(ArmError):
    code = "InvalidFilter"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"The filter '{text}' is not supported: use atScope(), principalId eq '…', "
            "assignedTo('…') or roleName eq '…'."
        )


class LockNotFound(ArmError):
    status = 404
    code = "LockNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"The lock '{name}' could not be found.")


class InvalidLock(ArmError):
    code = "InvalidRequestContent"

    def __init__(self, what: str, value: object, allowed: str) -> None:
        super().__init__(f"The {what} of the lock is {value!r}, and must be {allowed}.")


class LockedNotFound(ArmError):
    status = 404
    code = "ResourceNotFound"

    def __init__(self, scope: str) -> None:
        super().__init__(f"The scope '{scope}' of the lock was not found.")
