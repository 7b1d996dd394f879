"""Keys that hold objects and lists: each field is checked as a key of its own is.

A field is named by its path, ``webhooks[0].uri``; a rule sees its value as text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from infra.rules import NotAllowed, Rule, did_you_mean
from infra.settings.reader import MASK, Reader

Value = TypeVar("Value")
Made = TypeVar("Made")
#: The default of a field that has to be there.
REQUIRED: Final = object()


class Entry:
    """One object. What is wrong in it goes into the reader's report."""

    def __init__(self, reader: Reader, path: str, fields: Mapping[str, object]) -> None:
        self._reader = reader
        self._path = path
        self._fields = fields
        self._known: list[str] = []

    def has(self, field: str) -> bool:
        return field in self._fields

    def take(
        self, field: str, rule: Rule[Value], default: Value, *, secret: bool = False
    ) -> Value:
        """The value; the default where there is none, or a wrong one."""
        self._known.append(field)
        if field not in self._fields:
            return default
        try:
            return rule.parse(_text(self._fields[field]))
        except NotAllowed as error:
            hint = f" ({error.hint})" if error.hint and not secret else ""
            self.refuse(field, f"It must be {rule.allowed}{hint}.", secret=secret)
            return default

    def need(
        self, field: str, rule: Rule[Value], default: Value, *, secret: bool = False
    ) -> Value:
        """The same for a field that has to be there."""
        if field not in self._fields:
            self.refuse(field, f"It must be {rule.allowed}.")
        return self.take(field, rule, default, secret=secret)

    def refuse(self, field: str, allowed: str, *, secret: bool = False) -> None:
        shown = "not set"
        if field in self._fields:
            shown = json.dumps(self._fields[field])
        path = f"{self._path}.{field}"
        self._reader.refuse_at(path, MASK if secret else shown, allowed)

    def finish(self) -> None:
        """Unknown fields are mistakes too."""
        for field in sorted(set(self._fields) - set(self._known)):
            hint = did_you_mean(field, self._known)
            said = f"Perhaps {hint}" if hint else f"Fields: {', '.join(self._known)}."
            self._reader.refuse_at(f"{self._path}.{field}", "no field here", said)


def rows(reader: Reader, key: str, build: Callable[[Entry], Made]) -> tuple[Made, ...]:
    """What a key with a list of objects holds; empty for none."""
    found = _parsed(reader, key, list, "[]")
    made = []
    for index, item in enumerate(found if isinstance(found, list) else ()):
        path = f"{key}[{index}]"
        if isinstance(item, dict):
            entry = Entry(reader, path, item)
            made.append(build(entry))
            entry.finish()
        else:
            reader.refuse_at(path, "no object", "It must be an object.")
    return tuple(made)


def one(reader: Reader, key: str, build: Callable[[Entry], Made]) -> Made | None:
    """What a key with one object holds; None for an empty one."""
    found = _parsed(reader, key, dict, "{}")
    if not isinstance(found, dict) or not found:
        return None
    entry = Entry(reader, key, found)
    made = build(entry)
    entry.finish()
    return made


def refuse_twins(reader: Reader, key: str, names: list[str]) -> None:
    """No two rows of a list may have the same name; Azure's names have no case."""
    lower = [name.lower() for name in names if name]
    twice = sorted({name for name in lower if lower.count(name) > 1})
    if twice:
        reader.refuse(key, f"Two entries have the name {', '.join(twice)}.")


def _parsed(reader: Reader, key: str, kind: type, empty: str) -> object:
    def parse(given: str) -> object:
        try:
            found = json.loads(given or empty)
        except (ValueError, RecursionError) as error:
            raise NotAllowed from error
        if not isinstance(found, kind):
            raise NotAllowed
        return found

    word = "a list of objects" if kind is list else "an object"
    return reader.take(key, Rule[object](word, parse), None)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
