"""Every operation of a data plane: its path, what it heeds and answers. Sans-I/O.

OCI distribution specification 1.1, ACR's data plane API 2021-07-01, and
https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from embedded.azure.registry.front import shapes
from embedded.azure.service import Json

_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
#: Distribution keeps no others: it would give what came as SHA-512 another digest.
_DIGEST = "sha256:[0-9a-f]{64}"
#: What may stand for a parameter of a path. A name is the path of a folder too: no
#: part of it may be ``..``.
PARTS: Mapping[str, str] = {
    "name": rf"{_PART}(?:/{_PART})*",
    "tag": _TAG,
    "digest": _DIGEST,
    "reference": rf"(?:{_TAG}|{_DIGEST})",
    "upload": r"[A-Za-z0-9_.=-]+",
}
#: Characters of a repository's name.
LONGEST = 255


@dataclass(frozen=True)
class Operation:
    """``answers``: status -> schema of the body, None where it is no JSON.

    ``refusals`` are statuses whose body holds OCI's errors; ``body`` has the media
    types that are taken. ``action`` is what a token needs on ``/acr/v1``.
    """

    method: str
    path: str
    answers: Mapping[int, Json | None]
    refusals: Sequence[int]
    query: Mapping[str, Json] = field(default_factory=dict)
    headers: Mapping[str, Json] = field(default_factory=dict)
    body: Mapping[str, Json] = field(default_factory=dict)
    action: str = ""
    kind: str = "application/json"


@dataclass(frozen=True)
class Match:
    """What a path leads to: the operations by their methods, and its parameters."""

    template: str
    methods: Mapping[str, Operation]
    parts: Mapping[str, str]


def match(table: Sequence[Operation], path: str) -> Match | None:
    """None for a path that leads nowhere; ``path`` is decoded."""
    for template in dict.fromkeys(one.path for one in table):
        found = _pattern(template).fullmatch(path)
        if found is not None and len(found.groupdict().get("name", "")) <= LONGEST:
            methods = {one.method: one for one in table if one.path == template}
            return Match(template, methods, found.groupdict())
    return None


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """A slash at the end may be left out."""
    text = re.sub(r"{(\w+)}", lambda part: _group(part[1]), template)
    return re.compile(f"{text[:-1]}/?" if text.endswith("/") else text)


def _group(name: str) -> str:
    return f"(?P<{name}>{PARTS[name]})"


_V2 = (400, 401, 403, 404, 503)
_LOCKED = (*_V2, 405)
CATALOG = "/v2/_catalog"
TAGS_LIST = "/v2/{name}/tags/list"
_MANIFEST = "/v2/{name}/manifests/{reference}"
_BLOB = "/v2/{name}/blobs/{digest}"
_UPLOADS = "/v2/{name}/blobs/uploads/"
UPLOAD = "/v2/{name}/blobs/uploads/{upload}"
REFERRERS = "/v2/{name}/referrers/{digest}"
_STATE = {"_state": shapes.TEXT}
_BYTES = {"application/octet-stream": shapes.BYTES}
V2 = (
    Operation("GET", "/v2/", {200: None}, (401, 403, 503)),
    Operation("HEAD", "/v2/", {200: None}, (401, 403, 503)),
    Operation(
        "GET",
        CATALOG,
        {200: shapes.REPOSITORIES},
        (400, 401, 403, 503),
        shapes.PAGE,
    ),
    Operation("GET", TAGS_LIST, {200: shapes.TAG_NAMES}, _V2, shapes.PAGE),
    Operation("GET", _MANIFEST, {200: None, 304: None}, _LOCKED, headers=shapes.ACCEPT),
    Operation(
        "HEAD", _MANIFEST, {200: None, 304: None}, _LOCKED, headers=shapes.ACCEPT
    ),
    Operation(
        "PUT", _MANIFEST, {201: None}, (*_LOCKED, 413), body=shapes.MANIFEST_BODY
    ),
    Operation("DELETE", _MANIFEST, {202: None}, _LOCKED),
    Operation(
        "GET",
        _BLOB,
        {200: None, 206: None, 304: None},
        (*_LOCKED, 416),
        headers=shapes.RANGE,
    ),
    Operation("HEAD", _BLOB, {200: None, 304: None}, _LOCKED),
    Operation("DELETE", _BLOB, {202: None}, _LOCKED),
    Operation("POST", _UPLOADS, {201: None, 202: None}, _V2, shapes.BEGIN, body=_BYTES),
    Operation("GET", UPLOAD, {204: None}, _V2, _STATE),
    Operation("HEAD", UPLOAD, {204: None}, _V2, _STATE),
    Operation(
        "PATCH",
        UPLOAD,
        {202: None},
        (*_V2, 416),
        _STATE,
        headers=shapes.CONTENT_RANGE,
        body=_BYTES,
    ),
    Operation(
        "PUT",
        UPLOAD,
        {201: None},
        (*_V2, 416),
        {**_STATE, "digest": shapes.DIGEST},
        body=_BYTES,
    ),
    Operation("DELETE", UPLOAD, {204: None}, _V2, _STATE),
    Operation(
        "GET",
        REFERRERS,
        {200: shapes.REFERRERS},
        (400, 401, 403, 404),
        {"artifactType": shapes.TEXT},
        kind="application/vnd.oci.image.index.v1+json",
    ),
)

_ACR = (401, 403, 404)
REPOSITORY = "/acr/v1/{name}"
TAGS = "/acr/v1/{name}/_tags"
TAG = "/acr/v1/{name}/_tags/{tag}"
MANIFESTS = "/acr/v1/{name}/_manifests"
MANIFEST = "/acr/v1/{name}/_manifests/{digest}"
_ORDER = {**shapes.PAGE, "orderby": shapes.ORDER}
_CHANGE = (*_ACR, 400, 413)
_FLAGS = {"application/json": shapes.FLAGS}
ACR = (
    Operation(
        "GET",
        "/acr/v1/_catalog",
        {200: shapes.REPOSITORIES},
        (401, 403),
        shapes.PAGE,
        action="catalog",
    ),
    Operation("GET", REPOSITORY, {200: shapes.REPOSITORY}, _ACR, action=shapes.SEE),
    Operation(
        "PATCH",
        REPOSITORY,
        {200: shapes.REPOSITORY},
        _CHANGE,
        body=_FLAGS,
        action=shapes.SET,
    ),
    Operation(
        "DELETE", REPOSITORY, {202: shapes.DELETED}, (*_ACR, 405), action="delete"
    ),
    Operation(
        "GET",
        TAGS,
        {200: shapes.TAGS},
        _ACR,
        {**_ORDER, "digest": shapes.DIGEST},
        action=shapes.SEE,
    ),
    Operation("GET", TAG, {200: shapes.TAG}, _ACR, action=shapes.SEE),
    Operation("PATCH", TAG, {200: shapes.TAG}, _CHANGE, body=_FLAGS, action=shapes.SET),
    Operation("DELETE", TAG, {202: None}, (*_ACR, 405), action="delete"),
    Operation(
        "GET", MANIFESTS, {200: shapes.MANIFESTS}, _ACR, _ORDER, action=shapes.SEE
    ),
    Operation("GET", MANIFEST, {200: shapes.MANIFEST}, _ACR, action=shapes.SEE),
    Operation(
        "PATCH",
        MANIFEST,
        {200: shapes.MANIFEST},
        _CHANGE,
        body=_FLAGS,
        action=shapes.SET,
    ),
)

_FORM = "application/x-www-form-urlencoded"
SIGN_IN = (
    Operation(
        "POST",
        "/oauth2/exchange",
        {200: shapes.REFRESH_TOKEN},
        (400, 401, 403, 413),
        body={_FORM: shapes.EXCHANGE},
    ),
    Operation(
        "GET", "/oauth2/token", {200: shapes.ACCESS_TOKEN}, (401, 403), shapes.ASK
    ),
    Operation(
        "POST",
        "/oauth2/token",
        {200: shapes.ACCESS_TOKEN},
        (401, 403, 413),
        body={_FORM: shapes.GRANT},
    ),
)
