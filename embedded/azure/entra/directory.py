"""Principals and their tokens: the one implementation of ``Directory``."""

from __future__ import annotations

import hmac
import secrets
import time
import uuid
from collections.abc import Iterator, Sequence

import jwt

from embedded.azure.entra.errors import (
    ExpiredAuthenticationToken,
    InvalidAuthenticationToken,
    InvalidAuthenticationTokenTenant,
    MalformedToken,
)
from embedded.azure.keys import SigningKey
from embedded.azure.passwords import password
from embedded.azure.service import Json, Principal, Settings
from embedded.azure.store import Store

PRINCIPAL = "principal"
TENANT = "tenant"
#: Seconds that an access token lives, as in Entra (60 to 90 minutes there).
LIFE = 3600


class TokenDirectory:
    """One tenant with its applications and managed identities."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self.key = SigningKey(settings.home / "certificates" / "entra.key")
        known = store.record(TENANT, "own")
        if known is None:
            known = self._found_tenant()
        self._tenant = known

    @property
    def tenant_id(self) -> str:
        return str(self._tenant["tenantId"])

    @property
    def subscription_id(self) -> str:
        return str(self._tenant["subscriptionId"])

    @property
    def owner(self) -> Principal:
        """The application whose secret is in ``connection.json``."""
        found = self.find(self._tenant["ownerId"])
        assert found is not None
        return found

    @property
    def owner_secret(self) -> str:
        return str(self._tenant["ownerSecret"])

    def issuer(self) -> str:
        return f"{self._settings.base_url}/{self.tenant_id}/v2.0"

    def add_identity(self, name: str) -> Principal:
        return self._add(name, "")

    def drop(self, object_id: str) -> None:
        self._store.drop_record(PRINCIPAL, object_id)

    def find(self, object_id: str) -> Principal | None:
        record = self._store.record(PRINCIPAL, object_id)
        return None if record is None else self._principal(object_id, record)

    def is_replicated(self, object_id: str) -> bool:
        record = self._store.record(PRINCIPAL, object_id) or {}
        age = time.time() - float(record.get("since", 0.0))
        return age >= self._settings.principal_delay

    def principals(self) -> Iterator[Principal]:
        """All of them: applications and managed identities."""
        for object_id, record in self._store.records(PRINCIPAL).items():
            yield self._principal(object_id, record)

    def application(self, client_id: str) -> Principal | None:
        """The application of a client id; a managed identity is none."""
        for object_id, record in self._store.records(PRINCIPAL).items():
            if record["clientId"] == client_id.lower() and record["secret"]:
                return self._principal(object_id, record)
        return None

    def sign_in(self, client_id: str, secret: str) -> Principal | None:
        found = self.application(client_id)
        if found is None:
            return None
        record = self._store.record(PRINCIPAL, found.object_id) or {}
        # As bytes: a comparison of texts takes ASCII only.
        right = hmac.compare_digest(str(record["secret"]).encode(), secret.encode())
        return found if right else None

    def issue(self, principal: Principal, audience: str) -> str:
        now = int(time.time())
        claims: Json = {
            "aud": audience,
            "iss": self.issuer(),
            "iat": now,
            "nbf": now,
            "exp": now + LIFE,
            "appid": principal.client_id,
            "azp": principal.client_id,
            "appidacr": "1",
            "idtyp": "app",
            "oid": principal.object_id,
            "sub": principal.object_id,
            "tid": self.tenant_id,
            "uti": secrets.token_urlsafe(16),
            "ver": "1.0",
        }
        return jwt.encode(claims, self.key.private, "RS256", {"kid": self.key.id})

    def verify(self, token: str, audiences: Sequence[str]) -> Principal:
        claims = self._decode(token, audiences)
        if claims.get("tid") != self.tenant_id:
            raise InvalidAuthenticationTokenTenant(str(claims.get("tid")))
        principal = self.find(str(claims.get("oid")))
        if principal is None:
            raise InvalidAuthenticationToken("its principal does not exist any more")
        return principal

    def _decode(self, token: str, audiences: Sequence[str]) -> Json:
        try:
            claims: Json = jwt.decode(
                token,
                self.key.public,
                algorithms=["RS256"],
                audience=list(audiences),
                issuer=self.issuer(),
                options={"require": ["exp", "iat", "aud", "iss"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise ExpiredAuthenticationToken from error
        except jwt.InvalidIssuerError as error:
            raise InvalidAuthenticationTokenTenant("another issuer") from error
        except jwt.InvalidAudienceError as error:
            raise InvalidAuthenticationToken("it is for another audience") from error
        except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError) as error:
            raise InvalidAuthenticationToken("its signature is not Entra's") from error
        except jwt.PyJWTError as error:
            raise MalformedToken(str(error)) from error
        return claims

    def _found_tenant(self) -> Json:
        """The first start: a tenant, a subscription and one application."""
        secret = password()
        with self._store.transaction():
            ids = {
                "tenantId": str(uuid.uuid4()),
                "subscriptionId": str(uuid.uuid4()),
                "ownerSecret": secret,
            }
            self._tenant = ids
            ids["ownerId"] = self._add("embedded-owner", secret).object_id
            self._store.set_record(TENANT, "own", ids)
        return ids

    def _add(self, name: str, secret: str) -> Principal:
        object_id = str(uuid.uuid4())
        record = {
            "name": name,
            "clientId": str(uuid.uuid4()),
            "secret": secret,
            "since": time.time(),
        }
        self._store.set_record(PRINCIPAL, object_id, record)
        return self._principal(object_id, record)

    def _principal(self, object_id: str, record: Json) -> Principal:
        client_id, name = str(record["clientId"]), str(record["name"])
        return Principal(object_id, client_id, self.tenant_id, name)
