"""The body of an ARM request: read, parsed, and its envelope checked.

What each service makes of ``properties`` is its own affair.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from starlette.requests import Request

from embedded.azure import intake, refusals
from embedded.azure.service import Json

#: Bytes; ARM's own limit for a request.
LARGEST = 4 * 1024 * 1024
#: Objects and lists inside each other; no resource needs as many.
DEEPEST = 64
#: Key of the envelope -> the type of its value, and that type's name.
ENVELOPE: dict[str, tuple[type, str]] = {
    "location": (str, "a string"),
    "tags": (dict, "an object of strings"),
    "sku": (dict, "an object"),
    "identity": (dict, "an object"),
    "properties": (dict, "an object"),
}


async def read(request: Request) -> Json:
    """The JSON object of a request; empty where there is none.

    Raises ContentTooLarge, UnsupportedMediaType, InvalidContent.
    """
    try:
        data = await intake.take(request, LARGEST)
    except intake.TooLarge as error:
        raise refusals.ContentTooLarge(LARGEST) from error
    if not data.strip():
        return {}
    media_type = request.headers.get("content-type", "")
    kind = media_type.partition(";")[0].strip().lower()
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise refusals.UnsupportedMediaType(media_type)
    return parse(data)


def parse(data: bytes) -> Json:
    """Raises InvalidContent."""
    try:
        body = json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise refusals.InvalidContent("it is no valid JSON") from error
    if not isinstance(body, dict):
        raise refusals.InvalidContent("it must be a JSON object")
    _check_values(body)
    _check_envelope(body)
    return body


def _no_constant(name: str) -> Any:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(name)


def _check_values(body: Json) -> None:
    """Not too deep, and no half of a surrogate pair, which is no character."""
    level: list[Any] = [body]
    for _ in range(DEEPEST):
        try:
            for one in _texts(level):
                one.encode()
        except UnicodeEncodeError as error:
            reason = "it has a text with half of a surrogate pair"
            raise refusals.InvalidContent(reason) from error
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return
    raise refusals.InvalidContent(f"it is more than {DEEPEST} levels deep")


def _inside(value: Any) -> list[Any]:
    """Objects and lists directly in an object or a list."""
    found = value.values() if isinstance(value, dict) else value
    return [one for one in found if isinstance(one, dict | list)]


def _texts(level: list[Any]) -> Iterator[str]:
    for value in level:
        yield from value if isinstance(value, dict) else ()
        found = value.values() if isinstance(value, dict) else value
        yield from (one for one in found if isinstance(one, str))


def _check_envelope(body: Json) -> None:
    for name, (kind, want) in ENVELOPE.items():
        value = body.get(name)
        if value is not None and not isinstance(value, kind):
            raise refusals.InvalidContent(f"'{name}' must be {want}")
    for name, value in (body.get("tags") or {}).items():
        if not isinstance(value, str):
            raise refusals.InvalidContent(f"the tag '{name[:40]}' must be a string")
