"""Bodies of Microsoft.ContainerRegistry, made from the tables of its rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from embedded.azure.registry.children import kinds
from embedded.azure.registry.children.passwords import NAMES
from embedded.azure.registry.model import PASSWORDS
from embedded.azure.registry.rules import CHOICES, TIERS, TYPE
from embedded.azure.service import Json
from embedded.azure.shapes import (
    FLAG,
    ID,
    IDENTITY,
    LOCATION,
    TAGS,
    each,
    pairs,
    record,
    text,
    whole,
    word,
)


def _nested(rows: Mapping[str, Json]) -> Json:
    """``{"a.b": schema}`` as an object with an object in it."""
    outer: dict[str, dict[str, Json]] = {}
    for path, value in rows.items():
        name, _, rest = path.partition(".")
        outer.setdefault(name, {})[rest] = value
    return record(
        {
            name: rest[""] if "" in rest else _nested(rest)
            for name, rest in outer.items()
        }
    )


_PROPERTIES = _nested(
    {
        **{path: {"enum": list(values)} for path, values in CHOICES.items()},
        "networkRuleSet.ipRules": each(
            record({"action": word("Allow"), "value": text()}, ["value"])
        ),
        "policies.retentionPolicy.days": whole(0, 365),
        "policies.softDeletePolicy.retentionDays": whole(0, 90),
    }
)
_SKU = record({"name": word(*TIERS)}, ["name"])
_WHOLE: Json = {
    "location": LOCATION,
    "sku": _SKU,
    "tags": TAGS,
    "identity": IDENTITY,
    "properties": _PROPERTIES,
}
REGISTRY = record(_WHOLE, ["location", "sku"])
REGISTRY_PATCH = record({k: v for k, v in _WHOLE.items() if k != "location"})
CHECK_NAME = record({"name": text(), "type": word(TYPE)}, ["name", "type"])
REGENERATE = record({"name": word(*PASSWORDS)}, ["name"])
GENERATE = record(
    {
        "tokenId": ID,
        "name": word(*NAMES),
        "expiry": {"type": "string", "format": "date-time"},
    },
    ["tokenId"],
)

_SWITCH = word(*kinds.SWITCH)
_CREDENTIALS = record(
    {
        name: each(record({"name": text()}, ["name"]))
        for name in ("passwords", "certificates")
    }
)
#: Kind of child -> its properties, and which of them it needs.
_CHILDREN: Mapping[str, tuple[Json, Sequence[str]]] = {
    "webhooks": (
        {
            "serviceUri": text(kinds.URI),
            "actions": each(word(*kinds.EVENTS.split("|")), 1),
            "status": _SWITCH,
            "scope": text(most=255),
            "customHeaders": pairs(text()),
        },
        ("serviceUri", "actions"),
    ),
    "scopeMaps": (
        {"actions": each(text(kinds.RIGHT), 1), "description": text()},
        ("actions",),
    ),
    "tokens": (
        {"scopeMapId": ID, "status": _SWITCH, "credentials": _CREDENTIALS},
        ("scopeMapId",),
    ),
    "replications": (
        {"regionEndpointEnabled": FLAG, "zoneRedundancy": word("Enabled", "Disabled")},
        (),
    ),
    "cacheRules": (
        {
            "sourceRepository": text(),
            "targetRepository": text(kinds.REPOSITORY),
            "credentialSetResourceId": ID,
        },
        ("sourceRepository", "targetRepository"),
    ),
    "credentialSets": ({"loginServer": text()}, ("loginServer",)),
    "tasks": (
        {
            "status": word("Enabled", "Disabled"),
            "timeout": whole(300, 28800),
            "step": record(
                {"type": word("Docker", "FileTask", "EncodedTask")}, ["type"]
            ),
            "trigger": {"type": "object"},
        },
        ("step",),
    ),
}


def child(kind: str, *, patch: bool) -> Json:
    """The body of a PUT or a PATCH of that kind of child."""
    properties, needed = _CHILDREN[kind]
    row = kinds.BY_TYPE[kind.lower()]
    found: Json = {"properties": record(properties, () if patch else needed)}
    if row.located:
        found |= {"location": LOCATION, "tags": TAGS}
    if row.identified:
        found["identity"] = IDENTITY
    required = ["properties", *(["location"] if row.located else [])]
    return record(found, [] if patch else required)
