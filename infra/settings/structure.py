"""Keys that hold objects and lists: each field is checked as a key of its own is.

A field is named by its path, ``webhooks[0].uri``; a rule sees its value as text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from infra.rules import NotAllowed, Rule, closest
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

    def rows(self, field: str, build: Callable[[Entry], Made]) -> tuple[Made, ...]:
        """What a field with a list of objects holds; empty for none."""
        found = self.take(field, _json(list, "a list of objects"), [])
        return _built(self._reader, f"{self._path}.{field}", found, build)

    def one(self, field: str, build: Callable[[Entry], Made]) -> Made | None:
        """What a field with an object holds, an empty one too; None for none.

        Some have secrets in them, so that a wrong one is not shown.
        """
        found = self.take(field, _json(dict, "an object"), None, secret=True)
        if not isinstance(found, dict):
            return None
        return _build(self._reader, f"{self._path}.{field}", found, build)

    def refuse(self, field: str, allowed: str, *, secret: bool = False) -> None:
        shown = "not set"
        if field in self._fields:
            shown = json.dumps(self._fields[field])
        path = f"{self._path}.{field}"
        self._reader.refuse_at(path, MASK if secret else shown, allowed)

    def finish(self) -> None:
        """Unknown fields are mistakes too."""
        for field in sorted(set(self._fields) - set(self._known)):
            near = closest(field, self._known)
            every = f"Fields: {', '.join(self._known)}."
            said = f"Did you mean {near}?" if near else every
            self._reader.refuse_at(f"{self._path}.{field}", "no field here", said)


def rows(reader: Reader, key: str, build: Callable[[Entry], Made]) -> tuple[Made, ...]:
    """What a key with a list of objects holds; empty for none."""
    found = reader.take(key, _json(list, "a list of objects"), [])
    return _built(reader, key, found, build)


def one(reader: Reader, key: str, build: Callable[[Entry], Made]) -> Made | None:
    """What a key with one object holds; None for an empty one."""
    found = reader.take(key, _json(dict, "an object"), None)
    if not isinstance(found, dict) or not found:
        return None
    return _build(reader, key, found, build)


def refuse_twins(reader: Reader, key: str, names: list[str]) -> None:
    """No two rows of a list may have the same name; Azure's names have no case."""
    lower = [name.lower() for name in names if name]
    twice = sorted({name for name in lower if lower.count(name) > 1})
    if twice:
        reader.refuse(key, f"Two entries have the name {', '.join(twice)}.")


def _built(
    reader: Reader, path: str, found: object, build: Callable[[Entry], Made]
) -> tuple[Made, ...]:
    made = []
    for index, item in enumerate(found if isinstance(found, list) else ()):
        if isinstance(item, dict):
            made.append(_build(reader, f"{path}[{index}]", item, build))
        else:
            reader.refuse_at(f"{path}[{index}]", "no object", "It must be an object.")
    return tuple(made)


def _build(
    reader: Reader,
    path: str,
    fields: Mapping[str, object],
    build: Callable[[Entry], Made],
) -> Made:
    entry = Entry(reader, path, fields)
    made = build(entry)
    entry.finish()
    return made


def _json(kind: type, allowed: str) -> Rule[object]:
    """JSON of one kind; an empty text is an empty one."""

    def parse(given: str) -> object:
        try:
            found = json.loads(given) if given else kind()
        except (ValueError, RecursionError) as error:
            raise NotAllowed from error
        if not isinstance(found, kind):
            raise NotAllowed
        return found

    return Rule[object](allowed, parse)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
