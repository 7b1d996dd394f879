"""A layer of 200 MB through a registry's front, against a bare Distribution.

The upload is docker's: POST, one PATCH with the bytes, PUT with the digest. The client
is the same on both sides; ours adds TLS and the sign-in that a front is for.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import ssl
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bench.cloud import (
    NOBODY,
    Azure,
    good,
    local_azure,
    make_group,
    make_registry,
    refresh_token,
)
from bench.docker import distribution
from bench.figure import Figure, alternate, measured, ratio, stopwatch
from bench.machine import highest, require

TITLE = "200 MB layer through the front"
LIMIT, GROWTH = 1.3, 10.0
SIZE = 200 * 1000 * 1000
REPOSITORY = "bench"


def measure() -> Sequence[Figure]:
    require("docker-registry")
    with local_azure() as azure, azure.arm() as arm, distribution() as bare:
        registry = make_registry(arm, make_group(arm, azure))
        server = registry["properties"]["loginServer"]
        token = access_token(azure, server)
        with tempfile.TemporaryDirectory(prefix="acr-lab-bench-") as folder:
            layer = Path(folder, "layer")
            front = Target(server, azure.trust, {"Authorization": f"Bearer {token}"})
            before: list[float] = []

            def ours() -> float:
                before.append(highest(azure.process.pid))
                return push(front, fill(layer))

            pairs = alternate(ours, lambda: push(Target(bare), fill(layer)))
        growth = highest(azure.process.pid) - before[1]
    return [
        ratio(TITLE, pairs, LIMIT, "the same push to a bare Distribution"),
        measured(
            "memory that the front gains by it",
            [growth],
            "MB",
            GROWTH,
            f"peak after {len(pairs)} more pushes to peak after the first",
        ),
    ]


@dataclass(frozen=True)
class Target:
    """A registry at ``HOST:PORT``; HTTPS where there is a trust."""

    server: str
    trust: ssl.SSLContext | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def connect(self) -> http.client.HTTPConnection:
        block = 1024 * 1024
        if self.trust is None:
            return http.client.HTTPConnection(self.server, blocksize=block)
        return http.client.HTTPSConnection(
            self.server, context=self.trust, blocksize=block
        )


@dataclass(frozen=True)
class Layer:
    file: Path
    digest: str


def fill(file: Path) -> Layer:
    """Other bytes each time: a registry stores nothing twice."""
    digest = hashlib.sha256()
    with file.open("wb") as stream:
        for _ in range(SIZE // 1_000_000):
            block = os.urandom(1_000_000)
            digest.update(block)
            stream.write(block)
    return Layer(file, f"sha256:{digest.hexdigest()}")


def push(target: Target, layer: Layer) -> float:
    connection = target.connect()
    try:
        with stopwatch() as seconds:
            location = ask(
                connection, "POST", f"/v2/{REPOSITORY}/blobs/uploads/", target
            )
            with layer.file.open("rb") as body:
                location = ask(connection, "PATCH", location, target, body)
            end = "&" if "?" in location else "?"
            ask(connection, "PUT", f"{location}{end}digest={layer.digest}", target)
            return seconds()
    finally:
        connection.close()


def ask(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    target: Target,
    body: object = None,
) -> str:
    """The path of the answer's Location."""
    headers = dict(target.headers)
    if body is not None:
        headers["Content-Type"] = "application/octet-stream"
        headers["Content-Length"] = str(SIZE)
    else:
        headers["Content-Length"] = "0"
    connection.request(method, path, body, headers)  # type: ignore[arg-type]
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status in (201, 202), (answer.status, text)
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def access_token(azure: Azure, server: str) -> str:
    """For a push to the one repository."""
    password = refresh_token(azure, server)
    query = {"service": server, "scope": f"repository:{REPOSITORY}:pull,push"}
    with azure.http(f"https://{server}") as client:
        answer = client.get("/oauth2/token", params=query, auth=(NOBODY, password))
    return str(good(answer)["access_token"])
