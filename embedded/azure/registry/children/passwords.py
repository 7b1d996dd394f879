"""The two passwords of a token. They are told once; what is kept is their hash."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from embedded.azure.ids import key
from embedded.azure.passwords import password
from embedded.azure.registry import rules
from embedded.azure.registry.children.model import Children
from embedded.azure.registry.errors import InvalidProperty, TokenNotFound
from embedded.azure.service import Json
from embedded.azure.store import Document

NAMES = ("password1", "password2")


class Passwords:
    """Makes and checks them."""

    def __init__(self, children: Children) -> None:
        self._children = children

    def generate(self, registry: str, body: Json) -> Json:
        """New passwords; those of before with the same names end at once."""
        token = self._token(registry, str(body.get("tokenId") or ""))
        which = body.get("name")
        if which is not None and which not in NAMES:
            raise InvalidProperty("name", which, " or ".join(NAMES))
        expiry = _moment(body.get("expiry"))
        fresh = {name: password() for name in NAMES if which in (None, name)}
        self._keep(token, fresh, expiry)
        now = self._token(registry, token.id).body["properties"]["credentials"]
        rows = [
            {**row, "value": fresh[row["name"]]} if row["name"] in fresh else row
            for row in now["passwords"]
        ]
        return {"username": token.body["name"], "passwords": rows}

    def _keep(self, token: Document, fresh: dict[str, str], expiry: str | None) -> None:
        properties = token.body["properties"]
        known = properties["credentials"]["passwords"]
        rows = [row for row in known if row["name"] not in fresh]
        for name in fresh:
            row = {"name": name, "creationTime": rules.now()}
            rows.append({**row, "expiry": expiry} if expiry else row)
        rows.sort(key=lambda row: str(row["name"]))
        credentials = {**properties["credentials"], "passwords": rows}
        body = {**token.body, "properties": {**properties, "credentials": credentials}}
        hashes = {name: _hash(value) for name, value in fresh.items()}
        private = {
            **token.private,
            "hashes": {**token.private.get("hashes", {}), **hashes},
        }
        self._children.keep(replace(token, body=body, private=private))

    def _token(self, registry: str, path: str) -> Document:
        """Raises TokenNotFound."""
        inside = key(path).rpartition("/")[0] == f"{key(registry)}/tokens"
        found = self._children.find(path) if inside else None
        if found is None:
            raise TokenNotFound(path)
        return found


def matches(token: Document, password: str) -> bool:
    """Whether it is one of the token's passwords, and has not expired."""
    hashes = token.private.get("hashes", {})
    given = _hash(password)
    return any(
        hmac.compare_digest(hashes.get(row["name"], ""), given)
        for row in token.body["properties"]["credentials"]["passwords"]
        if not _is_over(row.get("expiry"))
    )


def _hash(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


def _is_over(expiry: str | None) -> bool:
    return expiry is not None and datetime.fromisoformat(expiry) <= datetime.now(UTC)


def _moment(given: Any) -> str | None:
    """A time as it is kept, in UTC. Raises InvalidProperty."""
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(given)
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        found = aware.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidProperty(
            "expiry", given, "a time such as 2026-12-31T00:00:00Z"
        ) from error
    return found.isoformat().replace("+00:00", "Z")
