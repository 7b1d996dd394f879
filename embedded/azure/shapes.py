"""Short words for JSON Schema, for the bodies in the services' ``schema`` modules.

A schema tells the shape of a body as far as it is known; the rules are in the models.
https://json-schema.org/draft/2020-12
"""

from __future__ import annotations

from collections.abc import Sequence

from embedded.azure.service import Json

FLAG: Json = {"type": "boolean"}
LOCATION: Json = {"type": "string", "examples": ["westeurope"], "minLength": 1}
GUID: Json = {"type": "string", "format": "uuid"}
#: The id of a resource.
ID: Json = {"type": "string", "pattern": "^/"}


def text(pattern: str | None = None, most: int | None = None) -> Json:
    """A string; ``most`` is the largest number of characters."""
    more = {"pattern": f"^(?:{pattern})$"} if pattern else {}
    return {"type": "string", **more, **({"maxLength": most} if most else {})}


def word(*allowed: str) -> Json:
    """One of some strings."""
    return {"type": "string", "enum": list(allowed)}


def whole(least: int, most: int) -> Json:
    """A whole number."""
    return {"type": "integer", "minimum": least, "maximum": most}


def number(least: float, most: float) -> Json:
    return {"type": "number", "minimum": least, "maximum": most}


def each(item: Json, least: int = 0) -> Json:
    """A list of such items."""
    return {"type": "array", "items": item, **({"minItems": least} if least else {})}


def pairs(value: Json) -> Json:
    """An object whose keys are the client's own."""
    return {"type": "object", "additionalProperties": value}


def record(properties: Json, required: Sequence[str] = ()) -> Json:
    """An object of known keys; Azure takes others, and leaves most of them out."""
    more = {"required": list(required)} if required else {}
    return {"type": "object", "properties": properties, **more}


TAGS: Json = {**pairs(text(most=256)), "maxProperties": 50}
IDENTITY: Json = record(
    {
        "type": word(
            "None",
            "SystemAssigned",
            "UserAssigned",
            "SystemAssigned, UserAssigned",
        ),
        "userAssignedIdentities": pairs({"type": "object"}),
    }
)
