"""Whether the body of a push is a manifest at all. Sans-I/O.

Distribution answers some that are none with 500. OCI image specification, "Image
Manifest" and "Image Index"; Docker's schema 2 has the same keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

#: Bytes; Distribution's own limit.
LARGEST = 4 * 1024 * 1024
#: Distribution does not look at all of a manifest: not all in it is what it should be.
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def fault(data: bytes) -> str | None:
    """What is wrong; None where Distribution may judge it."""
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        return "it is no valid JSON"
    if not isinstance(body, Mapping):
        return "it is no JSON object"
    if body.get("schemaVersion") == 1:
        return None
    if body.get("schemaVersion") != 2:
        return "schemaVersion must be 2"
    if isinstance(body.get("manifests"), list):
        return None
    if isinstance(body.get("config"), Mapping) and isinstance(body.get("layers"), list):
        return None
    return "it has neither config and layers nor manifests"


def subject(data: bytes) -> str:
    """The digest of what a manifest refers to; empty where it does not."""
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        return ""
    found = body.get("subject") if isinstance(body, Mapping) else None
    digest = str(found.get("digest")) if isinstance(found, Mapping) else ""
    return digest if DIGEST.fullmatch(digest) else ""
