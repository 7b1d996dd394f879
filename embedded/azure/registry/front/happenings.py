"""What a request to ``/v2`` or ``/acr/v1`` changed, as webhooks tell it. Sans-I/O.

https://learn.microsoft.com/azure/container-registry/container-registry-webhook-reference
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from embedded.azure.registry.children.notices import Happening

_MANIFEST = re.compile(r"/v2/(?P<name>.+)/manifests/(?P<reference>[^/]+)")
#: Method -> (the status that says that it happened, the action).
CHANGES = {"PUT": (201, "push"), "DELETE": (202, "delete")}


def of(request: Request, status: int, headers: Mapping[str, str]) -> Happening | None:
    """The event of a request that Distribution has answered; None for most."""
    done, action = CHANGES.get(request.method, (0, ""))
    found = _MANIFEST.fullmatch(request.scope["path"])
    if found is None or status != done:
        return None
    repository, reference = found["name"], found["reference"]
    digest = headers.get("docker-content-digest", reference)
    tag = "" if ":" in reference else reference
    target: dict[str, Any] = {"digest": digest, "repository": repository}
    if action == "push":
        length = int(request.headers.get("content-length", 0))
        media_type = request.headers.get("content-type", "")
        target |= {"mediaType": media_type, "size": length, "length": length}
    if tag:
        target["tag"] = tag
    return Happening(action, repository, tag, target, sender(request))


def is_push(request: Request) -> bool:
    """Whether a manifest comes with the request."""
    path = request.scope["path"]
    return request.method == "PUT" and _MANIFEST.fullmatch(path) is not None


def deleted_repository(request: Request, repository: str) -> Happening:
    target = {"repository": repository}
    return Happening("delete", repository, "", target, sender(request))


def sender(request: Request) -> dict[str, str]:
    """Who did it, as far as a webhook says."""
    return {
        "id": str(uuid.uuid4()),
        "host": request.headers.get("host", ""),
        "method": request.method,
        "useragent": request.headers.get("user-agent", ""),
    }
