"""The registry's own tokens, signed with a key that no other registry has.

Claims as in https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence

import jwt

from embedded.azure.keys import SigningKey
from embedded.azure.registry.distribution import ISSUER
from embedded.azure.registry.front.scopes import Scope
from embedded.azure.service import Json

#: Seconds: an access token lives 75 minutes, a refresh token three hours.
ACCESS_LIFE = 75 * 60
REFRESH_LIFE = 3 * 60 * 60


class TokenInvalid(Exception):
    """A token that this registry did not issue, or that has expired."""


class Tokens:
    """Issues and verifies the tokens of one login server."""

    def __init__(self, key: SigningKey, login_server: str) -> None:
        self._key = key
        self._service = login_server

    def access(self, subject: str, scopes: Sequence[Scope]) -> str:
        """What Distribution checks: who may do what on which repository."""
        claims = {
            "version": "1.0",
            "access": [scope.claim() for scope in scopes],
            "roles": [],
            "grant_type": "access_token",
        }
        return self._sign(subject, ACCESS_LIFE, claims)

    def refresh(self, subject: str, tenant: str, kind: str) -> str:
        """What is exchanged for access tokens; ``kind``: principal or admin."""
        claims = {
            "version": "1.0",
            "grant_type": "refresh_token",
            "tenant": tenant,
            "kind": kind,
        }
        return self._sign(subject, REFRESH_LIFE, claims)

    def verify(self, token: str, grant_type: str) -> Json:
        """The claims. Raises TokenInvalid."""
        try:
            claims: Json = jwt.decode(
                token,
                self._key.public,
                algorithms=["RS256"],
                audience=self._service,
                issuer=ISSUER,
                options={"require": ["exp", "aud", "iss", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise TokenInvalid(str(error)) from error
        if claims.get("grant_type") != grant_type:
            raise TokenInvalid(f"it is no {grant_type}")
        return claims

    def opens(self, authorization: str, type_: str, name: str, action: str) -> bool:
        """Whether a header bears an access token that grants the action."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return False
        try:
            claims = self.verify(token.strip(), "access_token")
        except TokenInvalid:
            return False
        return any(
            (one["type"], one["name"]) == (type_, name) and action in one["actions"]
            for one in claims["access"]
        )

    def _sign(self, subject: str, life: int, claims: Json) -> str:
        now = int(time.time())
        whole = {
            "jti": str(uuid.uuid4()),
            "sub": subject,
            "nbf": now - 5,
            "iat": now,
            "exp": now + life,
            "iss": ISSUER,
            "aud": self._service,
            **claims,
        }
        headers = {"kid": self._key.libtrust_id()}
        return jwt.encode(whole, self._key.private, "RS256", headers)
