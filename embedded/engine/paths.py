"""Property paths such as ``tags["a.b"]`` and ``containers[0].image``. Sans-I/O.

Rules: Pulumi's resource options ignoreChanges and replaceOnChanges; ``*`` matches any
key or index.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable

from embedded.engine.values import Properties, Secret, Value

Step = str | int
_STEP = re.compile(r'\.?([^.\[\]"]+)|\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]')


def parse(text: str) -> tuple[Step, ...]:
    """The steps of a path. Raises ValueError on text that is none."""
    steps: list[Step] = []
    at = 0
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None:
            raise ValueError(f"not a property path: {text!r}")
        name, quoted, index = found.groups()
        if index is not None:
            steps.append(index if index == "*" else int(index))
        else:
            steps.append(name if name is not None else quoted.replace('\\"', '"'))
        at = found.end()
    return tuple(steps)


def get(properties: Properties, path: str) -> Value:
    """The value at a path, None if there is none; a secret if it lies in one."""
    found: Value = properties
    secret = False
    for step in parse(path):
        if isinstance(found, Secret):
            found, secret = found.value, True
        if not _has(found, step):
            return None
        found = found[step]
    return Secret(found) if secret and found is not None else found


def contained(path: str, patterns: Iterable[str]) -> bool:
    """Whether a changed path lies at one of the patterns, or below it."""
    steps = parse(path)
    return any(_contains(parse(pattern), steps) for pattern in patterns)


def _contains(pattern: tuple[Step, ...], steps: tuple[Step, ...]) -> bool:
    if len(pattern) > len(steps):
        return False
    pairs = zip(pattern, steps, strict=False)
    return all(one in ("*", other) for one, other in pairs)


def reset(old: Properties, new: Properties, patterns: Iterable[str]) -> Properties:
    """New inputs with the old values at the given paths (ignoreChanges)."""
    result: Properties = copy.deepcopy(new)
    for pattern in patterns:
        _reset(old, result, parse(pattern))
    return result


def _reset(old: Value, new: Value, steps: tuple[Step, ...]) -> None:
    old = old.value if isinstance(old, Secret) else old
    new = new.value if isinstance(new, Secret) else new
    for key in _keys(old, new, steps[0]):
        if len(steps) > 1:
            if _has(old, key) and _has(new, key):
                _reset(old[key], new[key], steps[1:])
        elif _has(old, key):
            if isinstance(new, dict) or _has(new, key):
                new[key] = copy.deepcopy(old[key])
        elif isinstance(new, dict):
            new.pop(key, None)


def _keys(old: Value, new: Value, step: Step) -> list[Step]:
    if step != "*":
        return [step]
    if isinstance(old, dict) and isinstance(new, dict):
        return list({**old, **new})
    if isinstance(old, list) and isinstance(new, list):
        return list(range(min(len(old), len(new))))
    return []


def _has(value: Value, key: Step) -> bool:
    if isinstance(value, dict):
        return key in value
    return isinstance(value, list) and isinstance(key, int) and key < len(value)
