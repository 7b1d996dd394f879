"""Which paths below ``/v2`` there are, and what is wrong with the others. Sans-I/O.

OCI distribution specification, "API" and "Pulling manifests"; codes are its own, and
TAG_INVALID and NOT_FOUND those of Distribution.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_NAME = re.compile(rf"{_PART}(?:/{_PART})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}")
_UPLOAD = re.compile(r"[A-Za-z0-9_.=-]+")
_LONGEST = 255
#: What may stand behind a repository's name; the last part is checked by its kind.
_TAILS = re.compile(
    r"/v2/(?P<name>.+?)/(?:tags/list|manifests/(?P<reference>.+)"
    r"|blobs/uploads/?|blobs/uploads/(?P<upload>.+)|blobs/(?P<blob>.+)"
    r"|referrers/(?P<subject>.+))",
    re.DOTALL,
)


@dataclass(frozen=True)
class Refused:
    """Status and code of the refusal, and what it says."""

    status: int
    code: str
    message: str


def check(path: str) -> Refused | None:
    """None for a path that Distribution understands; ``path`` is decoded."""
    if path in ("/v2", "/v2/", "/v2/_catalog"):
        return None
    found = _TAILS.fullmatch(path)
    if found is None:
        return Refused(404, "NOT_FOUND", "there is no such operation on a repository")
    parts = found.groupdict()
    if _NAME.fullmatch(parts["name"]) is None or len(parts["name"]) > _LONGEST:
        return Refused(400, "NAME_INVALID", "invalid repository name")
    reference, upload = parts["reference"] or "", parts["upload"]
    is_tag = ":" not in reference
    if reference and is_tag and _TAG.fullmatch(reference) is None:
        return Refused(400, "TAG_INVALID", "invalid tag")
    digest = parts["blob"] or parts["subject"] or ("" if is_tag else reference)
    if digest and _DIGEST.fullmatch(digest) is None:
        return Refused(400, "DIGEST_INVALID", "invalid digest")
    if upload and _UPLOAD.fullmatch(upload) is None:
        return Refused(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
    return None
