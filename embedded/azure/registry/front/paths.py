"""What is wrong with a path below ``/v2`` that leads nowhere. Sans-I/O.

OCI distribution specification, "API" and "Pulling manifests"; codes are its own, and
TAG_INVALID and NOT_FOUND those of Distribution.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from embedded.azure.registry.front.operations import LONGEST, PARTS

#: What may stand behind a repository's name; the last part is checked by its kind.
_TAILS = re.compile(
    r"/v2/(?P<name>.+?)/(?:tags/list|manifests/(?P<reference>.+)"
    r"|blobs/uploads/?|blobs/uploads/(?P<upload>.+)|blobs/(?P<blob>.+)"
    r"|referrers/(?P<subject>.+))",
    re.DOTALL,
)


NO_DIGEST = "is no digest of the form sha256:<64 hexadecimal digits>"


@dataclass(frozen=True)
class Fault:
    """Status and code of the refusal, and what it says."""

    status: int
    code: str
    message: str


def fault(path: str) -> Fault:
    """Why no operation has this path, which is decoded."""
    found = _TAILS.fullmatch(path)
    if found is None:
        return Fault(404, "NOT_FOUND", "there is no such operation on a repository")
    parts = found.groupdict()
    if not _is(parts["name"], "name") or len(parts["name"]) > LONGEST:
        return Fault(400, "NAME_INVALID", "invalid repository name")
    if parts["upload"]:
        message = "blob upload unknown to registry"
        return Fault(404, "BLOB_UPLOAD_UNKNOWN", message)
    if parts["blob"] or parts["subject"] or ":" in parts["reference"]:
        return Fault(400, "DIGEST_INVALID", f"it {NO_DIGEST}")
    return Fault(400, "TAG_INVALID", "invalid tag")


def wrong_digest(query: Iterable[tuple[str, str]]) -> Fault | None:
    """Of an upload: what it is checked against, or mounted as."""
    for name, value in query:
        if name in ("digest", "mount") and not _is(value, "digest"):
            return Fault(400, "DIGEST_INVALID", f"{name} {NO_DIGEST}")
    return None


def _is(text: str, part: str) -> bool:
    return re.fullmatch(PARTS[part], text) is not None
