"""What the page tells: where this image came from and what runs it."""

from __future__ import annotations

import os
import platform
import socket
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass

STARTED = time.time()


@dataclass(frozen=True)
class Facts:
    """All texts; ``started`` is a Unix time in seconds."""

    image: str
    tag: str
    digest: str
    registry: str
    region: str
    host: str
    python: str
    started: float

    def as_json(self) -> dict[str, object]:
        uptime = round(time.time() - self.started, 3)
        return {**asdict(self), "uptimeSeconds": uptime}


def collect(environment: Mapping[str, str] = os.environ) -> Facts:
    """From the variables that the stack sets; unknown where it did not."""
    reference = environment.get("APP_IMAGE", "")
    name, _, tag = reference.rpartition(":")
    if "/" in tag or not name:  # the colon was that of a port, or there is none
        name, tag = reference, ""
    registry = environment.get("APP_REGISTRY", "")
    return Facts(
        image=name.removeprefix(f"{registry}/") or "unknown",
        tag=tag or "unknown",
        digest=environment.get("APP_DIGEST") or "unknown",
        registry=registry or "unknown",
        region=environment.get("APP_REGION") or "unknown",
        host=socket.gethostname(),
        python=platform.python_version(),
        started=STARTED,
    )
