"""The table of children, and the rules of each. Sans-I/O.

Names, bodies and defaults: Microsoft.ContainerRegistry 2023-01-01-preview and
2024-11-01-preview; limits: "Azure Container Registry SKU features and limits" of 2026.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from embedded.azure.ids import key
from embedded.azure.registry.children import kind
from embedded.azure.registry.children.kind import Family, Kind
from embedded.azure.registry.errors import (
    FeatureNotSupported,
    InUse,
    InvalidProperty,
    PoliciesExclude,
    ScopeMapNotFound,
    SkuNotSupported,
)
from embedded.azure.service import Json
from embedded.azure.store import Document

SWITCH = ("enabled", "disabled")
EVENTS = r"push|delete|quarantine|chart_push|chart_delete"
URI = r"https?://[\w.-]+(:\d{1,5})?(/[!-~]*)?"
HEADER = r"[\w!#$%&'*+.^`|~-]+"
VALUE = r"[\t -~]*"
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
REPOSITORY = rf"{_PART}(?:/{_PART})*"
#: One ``*`` at the end after a slash, or alone for all repositories.
RIGHT = (
    rf"repositories/(?:{REPOSITORY}(?:/\*)?|\*)/(?:content/(?:read|write|delete)"
    r"|metadata/(?:read|write))"
)


def _webhook(_: Family, properties: Json) -> None:
    kind.text(properties, "serviceUri", URI, "an http or https address")
    kind.texts(properties, "actions", EVENTS, f"one of {EVENTS}")
    kind.word(properties, "status", *SWITCH)
    kind.text(
        properties, "scope", r"[\w./:*-]{0,255}", "REPOSITORY:TAG or REPOSITORY:*"
    )
    headers = properties["customHeaders"]
    if not isinstance(headers, Mapping) or not all(
        re.fullmatch(HEADER, name) and isinstance(one, str) and re.fullmatch(VALUE, one)
        for name, one in headers.items()
    ):
        raise InvalidProperty("customHeaders", "[hidden]", "an object of HTTP headers")


def _scope_map(_: Family, properties: Json) -> None:
    rights = kind.texts(properties, "actions", RIGHT, "repositories/NAME/content/read")
    if len(rights) > 500:
        raise InvalidProperty("actions", len(rights), "at most 500 of them")


def _token(family: Family, properties: Json) -> None:
    kind.word(properties, "status", *SWITCH)
    credentials = properties["credentials"]
    for name in ("passwords", "certificates"):
        rows = credentials.get(name, []) if isinstance(credentials, Mapping) else None
        if not isinstance(rows, list) or any(
            not isinstance(one, Mapping) or not isinstance(one.get("name"), str)
            for one in rows
        ):
            raise InvalidProperty("credentials", "[hidden]", f"an object with {name}")
    wanted = str(properties.get("scopeMapId") or "")
    name = wanted.rsplit("/", 1)[-1]
    if name in SYSTEM_MAPS and key(wanted).startswith(key(family.registry.id)):
        return
    if key(wanted) not in [key(one.id) for one in family.of("scopeMaps")]:
        raise ScopeMapNotFound(wanted)


def _replication(family: Family, properties: Json) -> None:
    if family.tier != "Premium":
        raise SkuNotSupported("Geo-replication", family.tier, "Premium")
    if family.policy("softDeletePolicy"):
        raise PoliciesExclude("softDeletePolicy", "replications")
    if not isinstance(properties["regionEndpointEnabled"], bool):
        value = properties["regionEndpointEnabled"]
        raise InvalidProperty("regionEndpointEnabled", value, "true or false")
    kind.word(properties, "zoneRedundancy", "Enabled", "Disabled")


def _cache_rule(family: Family, properties: Json) -> None:
    if family.policy("softDeletePolicy"):
        raise PoliciesExclude("softDeletePolicy", "cacheRules")
    source = r"[a-z0-9.-]+(:\d+)?/(\*|[\w./-]+(/\*)?)"
    kind.text(properties, "sourceRepository", source, "HOST/REPOSITORY")
    kind.text(properties, "targetRepository", rf"\*|{REPOSITORY}(/\*)?", "a repository")
    wanted = properties.get("credentialSetResourceId")
    if wanted and key(str(wanted)) not in [
        key(o.id) for o in family.of("credentialSets")
    ]:
        known = "a credential set of the registry"
        raise InvalidProperty("credentialSetResourceId", wanted, known)


def _credential_set(_: Family, properties: Json) -> None:
    kind.text(properties, "loginServer", r"[a-z0-9.-]+(:\d+)?", "a host")
    raise FeatureNotSupported(
        "credentialSets", "its secrets are in a Key Vault, and there is none here"
    )


def _task(_: Family, properties: Json) -> None:
    kind.word(properties, "status", "Enabled", "Disabled")
    step = properties.get("step")
    steps = ("Docker", "FileTask", "EncodedTask")
    if not isinstance(step, Mapping) or step.get("type") not in steps:
        raise InvalidProperty("step.type", step, " or ".join(steps))
    timeout = properties["timeout"]
    if type(timeout) is not int or not 300 <= timeout <= 28800:
        raise InvalidProperty("timeout", timeout, "300 to 28800 seconds")


def _system(rights: str) -> list[str]:
    return [f"repositories/*/{right}" for right in rights.split()]


_READ = "content/read metadata/read"
#: Scope maps that every registry has from the beginning.
SYSTEM_MAPS: Mapping[str, list[str]] = {
    "_repositories_pull": _system("content/read"),
    "_repositories_pull_metadata_read": _system(_READ),
    "_repositories_push": _system("content/read content/write"),
    "_repositories_push_metadata_write": _system(
        f"{_READ} content/write metadata/write"
    ),
    "_repositories_admin": _system(
        f"{_READ} content/write content/delete metadata/write"
    ),
}

KINDS = (
    Kind(
        "webhooks",
        kind.ALPHANUMERIC,
        _webhook,
        {"status": "enabled", "scope": "", "customHeaders": {}},
        located=True,
        hidden=("serviceUri", "customHeaders"),
        limits={"Basic": 2, "Standard": 10, "Premium": 500},
    ),
    Kind(
        "scopeMaps",
        kind.WITH_BOTH,
        _scope_map,
        {"description": ""},
        stamped=True,
        limits={"Basic": 100, "Standard": 500, "Premium": 50_000},
    ),
    Kind(
        "tokens",
        kind.WITH_HYPHEN,
        _token,
        {"status": "enabled", "credentials": {"certificates": [], "passwords": []}},
        stamped=True,
        limits={"Basic": 100, "Standard": 500, "Premium": 50_000},
    ),
    Kind(
        "replications",
        kind.ALPHANUMERIC,
        _replication,
        {"regionEndpointEnabled": True, "zoneRedundancy": "Disabled"},
        located=True,
    ),
    Kind("cacheRules", kind.WITH_HYPHEN, _cache_rule, stamped=True),
    Kind(
        "credentialSets",
        kind.WITH_HYPHEN,
        _credential_set,
        identified=True,
        stamped=True,
    ),
    Kind(
        "tasks",
        kind.WITH_BOTH,
        _task,
        {"status": "Enabled", "timeout": 3600, "isSystemTask": False},
        partly=("step", "trigger"),
        located=True,
        identified=True,
        stamped=True,
    ),
)
BY_TYPE: Mapping[str, Kind] = {one.type.lower(): one for one in KINDS}


def check_family(family: Family, planned: Document) -> None:
    """A registry may become what was planned, with the children that it has."""
    tier = str(planned.body["sku"]["name"])
    for row in KINDS:
        count = len(family.of(row.type))
        if row.limits and count > row.limits[tier]:
            raise InUse(row.type, count, tier)
    replications = len(family.of("replications"))
    if replications and tier != "Premium":
        raise InUse("replications", replications, tier)
    if Family(planned, ()).policy("softDeletePolicy"):
        for type_ in ("replications", "cacheRules"):
            if family.of(type_):
                raise PoliciesExclude("softDeletePolicy", type_)


def covers(right: str, repository: str) -> str:
    """What a right is to (``content/read``) where it is about the repository."""
    _, _, rest = right.partition("/")
    name, what, verb = rest.rsplit("/", 2)
    pattern = re.escape(name).replace(r"\*", ".+")
    return f"{what}/{verb}" if re.fullmatch(pattern, repository) else ""


def shown(values: Mapping[str, Any], row: Kind) -> Json:
    """Properties as a read has them."""
    return {
        name: _without_secrets(value) if name in row.partly else value
        for name, value in values.items()
        if name not in row.hidden
    }


def _without_secrets(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_secrets(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    kept = {k: one for k, one in value.items() if k not in kind.SECRETS}
    return {k: _without_secrets(one) for k, one in kept.items()}
