"""Bodies and parameters of a data plane, as JSON Schema.

Those that are sent are described as far as they are known; registries take more.
"""

from __future__ import annotations

from collections.abc import Mapping

from embedded.azure.registry.front.attributes import FLAGS as NAMES
from embedded.azure.service import Json
from embedded.azure.shapes import FLAG, each, record, text, whole, word

#: What a token needs to read about a repository, and to change its attributes.
SEE, SET = "metadata_read", "metadata_write"

TEXT: Json = text()
BYTES: Json = {"type": "string", "format": "binary"}
DIGEST: Json = text(r"sha256:[0-9a-f]{64}")
TIME: Json = {"type": "string", "format": "date-time"}
ORDER: Json = word("none", "timeasc", "timedesc")
PAGE: Mapping[str, Json] = {"n": whole(1, 1000), "last": TEXT}
ACCEPT: Mapping[str, Json] = {"Accept": TEXT, "If-None-Match": TEXT}
RANGE: Mapping[str, Json] = {"Range": text(r"bytes=[0-9]*-[0-9]*")}
CONTENT_RANGE: Mapping[str, Json] = {"Content-Range": text(r"[0-9]+-[0-9]+")}
#: Of a new upload: all at once, or as a mount from another repository.
BEGIN: Mapping[str, Json] = {"digest": DIGEST, "mount": DIGEST, "from": TEXT}
ASK: Mapping[str, Json] = {
    "service": TEXT,
    "scope": TEXT,
    "offline_token": word("true", "false"),
}

ERRORS = record(
    {
        "errors": each(
            record(
                {
                    "code": {"type": "string", "pattern": "^[A-Z_]+$"},
                    "message": {"type": "string", "minLength": 1},
                },
                ["code", "message"],
            ),
            1,
        )
    },
    ["errors"],
)

FLAGS = record(dict.fromkeys(NAMES, FLAG))
_ATTRIBUTES = record(dict.fromkeys(NAMES, FLAG), NAMES)
_BORN: Json = {"createdTime": TIME, "lastUpdateTime": TIME}
_COMMON: Json = {"digest": DIGEST, **_BORN, "changeableAttributes": _ATTRIBUTES}
_TAG = record({"name": TEXT, "signed": FLAG, **_COMMON}, ["name", *_COMMON])
_SIZE: Json = {"type": "integer"}
_MANIFEST = record(
    {"imageSize": _SIZE, "mediaType": TEXT, "tags": each(TEXT), **_COMMON},
    ["imageSize", "tags", *_COMMON],
)


def _image(properties: Json) -> Json:
    """What is told of a repository, with its name."""
    whole = {"registry": TEXT, "imageName": TEXT, **properties}
    return record(whole, list(whole))


REPOSITORIES = record(
    {"repositories": {"type": ["array", "null"], "items": TEXT}}, ["repositories"]
)
TAG_NAMES = record(
    {"name": TEXT, "tags": {"type": ["array", "null"], "items": TEXT}}, ["name", "tags"]
)
REPOSITORY = _image(
    {
        **_BORN,
        "manifestCount": {"type": "integer", "minimum": 1},
        "tagCount": {"type": "integer", "minimum": 0},
        "changeableAttributes": _ATTRIBUTES,
    }
)
TAGS = _image({"tags": each(_TAG)})
TAG = _image({"tag": _TAG})
MANIFESTS = _image({"manifests": each(_MANIFEST)})
MANIFEST = _image({"manifest": _MANIFEST})
DELETED = record(
    {"manifestsDeleted": each(DIGEST), "tagsDeleted": each(TEXT)},
    ["manifestsDeleted", "tagsDeleted"],
)

_DESCRIPTOR = record(
    {"mediaType": TEXT, "digest": DIGEST, "size": whole(0, 2**31)},
    ["mediaType", "digest", "size"],
)
_VERSION: Json = {"schemaVersion": {"const": 2}, "mediaType": TEXT}
_IMAGE = record(
    {**_VERSION, "config": _DESCRIPTOR, "layers": each(_DESCRIPTOR)},
    ["schemaVersion", "config", "layers"],
)
_INDEX = record(
    {**_VERSION, "manifests": each(_DESCRIPTOR)}, ["schemaVersion", "manifests"]
)
REFERRERS = record(
    {"schemaVersion": {"const": 2}, "mediaType": TEXT, "manifests": each(_DESCRIPTOR)},
    ["schemaVersion", "mediaType", "manifests"],
)
MANIFEST_BODY: Mapping[str, Json] = {
    "application/vnd.oci.image.manifest.v1+json": _IMAGE,
    "application/vnd.oci.image.index.v1+json": _INDEX,
    "application/vnd.docker.distribution.manifest.v2+json": _IMAGE,
    "application/vnd.docker.distribution.manifest.list.v2+json": _INDEX,
}

REFRESH_TOKEN = record({"refresh_token": TEXT}, ["refresh_token"])
ACCESS_TOKEN = record(
    {"access_token": TEXT, "token": TEXT, "expires_in": whole(60, 10**6)},
    ["access_token", "token", "expires_in"],
)
EXCHANGE = record(
    {
        "grant_type": word("access_token", "access_token_refresh_token"),
        "service": TEXT,
        "tenant": TEXT,
        "access_token": TEXT,
    },
    ["grant_type", "service", "access_token"],
)
GRANT = record(
    {
        "grant_type": word("refresh_token", "password"),
        "service": TEXT,
        "scope": TEXT,
        "refresh_token": TEXT,
        "username": TEXT,
        "password": TEXT,
        "access_type": word("offline"),
    },
    ["grant_type", "service"],
)
