"""Comparing inputs, path by path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded.providers.resource import Kind

_MISSING = object()


def compare(old: Any, new: Any, path: str = "") -> dict[str, Kind]:
    """Path -> how it differs. Paths look like ``containers[0].image``."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        found: dict[str, Kind] = {}
        for key in {**old, **new}:
            before, after = old.get(key, _MISSING), new.get(key, _MISSING)
            found |= compare(before, after, _join(path, key))
        return found
    if isinstance(old, list) and isinstance(new, list):
        found = {}
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else _MISSING
            after = new[index] if index < len(new) else _MISSING
            found |= compare(before, after, f"{path}[{index}]")
        return found
    if _nothing(old) and _nothing(new):
        return {}
    if _nothing(old):
        return {path: "add"}
    if _nothing(new):
        return {path: "delete"}
    return {} if old == new else {path: "update"}


def _nothing(value: Any) -> bool:
    """A property that is null is a property that is not there."""
    return value is _MISSING or value is None


def _join(path: str, key: str) -> str:
    plain = key.replace("_", "").isalnum()
    step = key if plain else '["' + key.replace('"', '\\"') + '"]'
    return f"{path}.{step}" if path and plain else f"{path}{step}"
