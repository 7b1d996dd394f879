"""Which keys hold secrets that the stack's file has in plain text."""

from __future__ import annotations

import json
from collections.abc import Mapping

from infra.settings.reader import DELICATE_KEYS, SECRET_KEYS

#: Fields of structured keys whose values are secrets.
SECRET_FIELDS = frozenset(
    {
        "accessToken",
        "secret",
        "secureEnvironment",
        "storageAccountKey",
        "workspaceKey",
    }
)


def plain_secrets(values: Mapping[str, str], secret: frozenset[str]) -> list[str]:
    """Keys that hold secrets, and of which no part is encrypted."""
    keys = (SECRET_KEYS | DELICATE_KEYS) - secret
    return sorted(key for key in keys if _holds_some(key, values.get(key, "")))


def _holds_some(key: str, text: str) -> bool:
    if key in SECRET_KEYS:
        return text not in ("", "{}", "[]")
    try:
        return _has_secret_field(json.loads(text or "[]"))
    except (ValueError, RecursionError):
        return False  # the reader tells what is wrong with it


def _has_secret_field(value: object) -> bool:
    if isinstance(value, list):
        return any(_has_secret_field(one) for one in value)
    if not isinstance(value, dict):
        return False
    return any(
        (name in SECRET_FIELDS and bool(one)) or _has_secret_field(one)
        for name, one in value.items()
    )
