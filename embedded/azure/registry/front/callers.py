"""Who signs in at a registry, and what each may do there."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from embedded.azure.errors import ArmError
from embedded.azure.registry.front.scope_tokens import ScopeTokens
from embedded.azure.registry.front.tokens import TokenInvalid, Tokens
from embedded.azure.registry.model import PASSWORDS
from embedded.azure.service import Access, Directory, Principal
from embedded.azure.store import Document

#: The user name that goes with a refresh token in place of a password.
NULL_GUID = "00000000-0000-0000-0000-000000000000"
REGISTRY = "Microsoft.ContainerRegistry/registries"
#: A scope's action -> any one of these RBAC actions grants it.
RIGHTS = {
    "pull": (f"{REGISTRY}/pull/read",),
    "push": (f"{REGISTRY}/push/write",),
    "delete": (f"{REGISTRY}/artifacts/delete",),
    "metadata_read": (f"{REGISTRY}/metadata/read", f"{REGISTRY}/pull/read"),
    "metadata_write": (f"{REGISTRY}/metadata/write",),
    "catalog": (f"{REGISTRY}/pull/read",),
}
#: The same where a registry is in ABAC mode: only rights on repositories count.
ABAC_RIGHTS = {
    "pull": (f"{REGISTRY}/repositories/content/read",),
    "push": (f"{REGISTRY}/repositories/content/write",),
    "delete": (f"{REGISTRY}/repositories/content/delete",),
    "metadata_read": (f"{REGISTRY}/repositories/metadata/read",),
    "metadata_write": (f"{REGISTRY}/repositories/metadata/write",),
    "catalog": (f"{REGISTRY}/catalog/read",),
}
ABAC = "AbacRepositoryPermissions"
REGISTRY_AUDIENCE = "https://containerregistry.azure.net"
ARM_AUDIENCES = ("https://management.azure.com", "https://management.core.windows.net")


class Unauthorized(Exception):
    """Wrong credentials, or none."""


@dataclass(frozen=True)
class Caller:
    """A signed-in caller. ``allows`` answers for an action and a repository."""

    subject: str
    kind: str
    allows: Callable[[str, str], bool]


class Callers:
    """Everyone who can sign in at one registry.

    ``current`` gives the registry's document as it is now: turning the admin user off
    cuts its access at once.
    """

    def __init__(
        self,
        current: Callable[[], Document],
        directory: Directory,
        access: Access,
        tokens: Tokens,
        scope_tokens: ScopeTokens,
        arm_audience: str,
    ) -> None:
        self._current = current
        self._directory = directory
        self._access = access
        self._tokens = tokens
        self._scope_tokens = scope_tokens
        self._arm_audiences = (*ARM_AUDIENCES, arm_audience)

    def by_entra_token(self, token: str) -> Caller:
        """Raises Unauthorized also for one who has no right on the registry."""
        try:
            principal = self._directory.verify(token, self._audiences())
        except ArmError as error:
            raise Unauthorized(error.message) from error
        caller = self._principal(principal)
        if not any(caller.allows(action, "") for action in RIGHTS):
            raise Unauthorized("the caller has no role on the registry")
        return caller

    def by_refresh_token(self, token: str) -> Caller:
        try:
            claims = self._tokens.verify(token, "refresh_token")
        except TokenInvalid as error:
            raise Unauthorized(f"the refresh token is invalid: {error}") from error
        if claims.get("kind") == "admin":
            return self._admin()
        if claims.get("kind") == "token":
            return self._scope_token(claims["sub"])
        principal = self._directory.find(claims["sub"])
        if principal is None:
            raise Unauthorized("the caller does not exist any more")
        return self._principal(principal)

    def by_password(self, username: str, password: str) -> Caller:
        """A refresh token, the admin user, a scope token, or a service principal."""
        if username in (NULL_GUID, "<token>"):
            return self.by_refresh_token(password)
        document = self._current()
        if username.lower() == document.body["name"].lower():
            return self._by_admin_password(document, password)
        if self._scope_tokens.signed_in(username, password) is not None:
            return self._scope_token(username)
        if not _is_guid(username):
            raise Unauthorized("the user is not known; a client id has to be a GUID")
        principal = self._directory.sign_in(username, password)
        if principal is None:
            raise Unauthorized("the client id or its secret is wrong")
        return self._principal(principal)

    def anonymous(self) -> Caller:
        """Raises Unauthorized unless the registry allows anonymous pull."""
        if not self._current().body["properties"]["anonymousPullEnabled"]:
            raise Unauthorized("authentication required")
        return Caller("", "anonymous", lambda action, _: action == "pull")

    def _audiences(self) -> list[str]:
        """Tokens for ARM count unless the registry's policy turns them off."""
        policies = self._current().body["properties"]["policies"]
        arm = policies["azureADAuthenticationAsArmPolicy"]["status"] == "enabled"
        bases = [REGISTRY_AUDIENCE, *(self._arm_audiences if arm else ())]
        return [f"{base}{slash}" for base in bases for slash in ("", "/")]

    def _by_admin_password(self, document: Document, password: str) -> Caller:
        known = [str(document.private[name]).encode() for name in PASSWORDS]
        # As bytes: a comparison of texts takes ASCII only.
        if not any(hmac.compare_digest(one, password.encode()) for one in known):
            raise Unauthorized("the admin user's password is wrong")
        return self._admin()

    def _admin(self) -> Caller:
        document = self._current()
        if not document.body["properties"]["adminUserEnabled"]:
            raise Unauthorized("the admin user is disabled")
        return Caller(document.body["name"], "admin", lambda *_: True)

    def _scope_token(self, name: str) -> Caller:
        if self._scope_tokens.enabled(name) is None:
            raise Unauthorized("the token is disabled or does not exist any more")
        return Caller(
            name,
            "token",
            lambda action, repository: self._scope_tokens.allows(
                name, action, repository
            ),
        )

    def _principal(self, principal: Principal) -> Caller:
        document = self._current()
        mode = document.body["properties"].get("roleAssignmentMode")
        rights = ABAC_RIGHTS if mode == ABAC else RIGHTS

        def allows(action: str, _: str) -> bool:
            return any(
                self._access.allows(principal.object_id, right, document.id)
                for right in rights.get(action, ())
            )

        return Caller(principal.object_id, "principal", allows)


def _is_guid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
