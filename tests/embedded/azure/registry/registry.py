"""One registry of a running local Azure, seen through its public HTTP only."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import jwt

if TYPE_CHECKING:
    from tests.embedded.conftest import Azure

Json = dict[str, Any]
VERSION = {"api-version": "2023-01-01-preview"}
KIND = "Microsoft.ContainerRegistry/registries"
AUDIENCE = "https://containerregistry.azure.net"
NULL_GUID = "00000000-0000-0000-0000-000000000000"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"


@dataclass(frozen=True)
class Registry:
    """``arm`` is signed in as the owner; ``path`` is the registry's ARM id."""

    azure: Azure
    arm: httpx.Client
    path: str

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]

    @property
    def body(self) -> Json:
        return got(self.arm.get(self.path, params=VERSION))

    @property
    def login_server(self) -> str:
        return str(self.body["properties"]["loginServer"])

    @property
    def port(self) -> int:
        return int(self.login_server.rpartition(":")[2])

    @property
    def folder(self) -> Path:
        return self.azure.home / "registries" / self.name.lower()

    @property
    def pid(self) -> int:
        """Of the Distribution behind it."""
        return int((self.folder / "distribution.pid").read_text())

    def patch(self, **body: Any) -> httpx.Response:
        return self.arm.patch(self.path, params=VERSION, json=body)

    def post(self, verb: str, **body: Any) -> httpx.Response:
        return self.arm.post(f"{self.path}/{verb}", params=VERSION, json=body)

    def delete(self) -> httpx.Response:
        return self.arm.delete(self.path, params=VERSION)

    def http(self, token: str | None = None) -> httpx.Client:
        """A client of the data plane, with an access token."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        base = f"https://{self.login_server}"
        return self.azure.http(base_url=base, headers=headers)

    def exchange(self, entra_token: str) -> httpx.Response:
        form = {"grant_type": "access_token", "service": self.login_server}
        form["access_token"] = entra_token
        with self.http() as client:
            return client.post("/oauth2/exchange", data=form)

    def refresh_token(self, entra_token: str | None = None) -> str:
        """The owner's, if no other Entra token is given."""
        token = entra_token or self.azure.token(AUDIENCE)
        return str(got(self.exchange(token))["refresh_token"])

    def sign_in(self, username: str, password: str, *scopes: str) -> httpx.Response:
        """As docker does it: Basic, one ``scope`` for each."""
        query = {"service": self.login_server, "scope": list(scopes)}
        with self.http() as client:
            auth = (username, password)
            return client.get("/oauth2/token", params=query, auth=auth)

    def token(self, *scopes: str, entra_token: str | None = None) -> str:
        """An access token for what is asked and allowed."""
        password = self.refresh_token(entra_token)
        return access(self.sign_in(NULL_GUID, password, *scopes))

    def pusher(self, repository: str) -> httpx.Client:
        """A client that may do everything in one repository."""
        return self.http(self.token(f"repository:{repository}:pull,push,delete"))


def got(answer: httpx.Response) -> Json:
    """The body of an answer that must be good."""
    assert answer.is_success, answer.text
    found: Json = answer.json()
    return found


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal, by ARM or by the data plane."""
    body = answer.json()
    error = body["error"] if "error" in body else body["errors"][0]
    assert error["message"]
    return answer.status_code, error["code"]


def access(answer: httpx.Response) -> str:
    return str(got(answer)["access_token"])


def claims(token: str) -> Json:
    found: Json = jwt.decode(token, options={"verify_signature": False})
    return found


def expired(registry: Registry, token: str) -> str:
    """The same token of the same registry, an hour after its end."""
    key = (registry.folder / "token.key").read_bytes()
    past = {**claims(token), "exp": int(time.time()) - 3600}
    return jwt.encode(past, key, "RS256", jwt.get_unverified_header(token))


def granted(token: str) -> dict[str, list[str]]:
    """Name -> actions that a token opens."""
    return {one["name"]: one["actions"] for one in claims(token)["access"]}


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def finish(
    client: httpx.Client, before: httpx.Response, sha: str, **more: Any
) -> httpx.Response:
    """End the upload that an answer's ``Location`` names."""
    url = httpx.URL(before.headers["location"])
    return client.put(url.copy_add_param("digest", sha), **more)


def push_blob(client: httpx.Client, repository: str, data: bytes) -> str:
    """Upload in one piece; its digest."""
    begun = client.post(f"/v2/{repository}/blobs/uploads/")
    assert begun.status_code == httpx.codes.ACCEPTED, begun.text
    done = finish(client, begun, digest(data), content=data)
    assert done.status_code == httpx.codes.CREATED, done.text
    return digest(data)


def push(client: httpx.Client, repository: str, tag: str, layer: bytes = b"x") -> str:
    """Push an image of one layer; the digest of its manifest."""
    answer = send(client, repository, tag, layer)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return answer.headers["docker-content-digest"]


def send(
    client: httpx.Client, repository: str, tag: str, layer: bytes
) -> httpx.Response:
    """Push an image of one layer; what the registry says to its manifest."""
    config = json.dumps({"architecture": "amd64", "os": "linux"}).encode()
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": _part(client, repository, CONFIG, config),
        "layers": [_part(client, repository, LAYER, layer)],
    }
    return client.put(
        f"/v2/{repository}/manifests/{tag}",
        content=json.dumps(manifest),
        headers={"Content-Type": MANIFEST},
    )


def _part(client: httpx.Client, repository: str, kind: str, data: bytes) -> Json:
    pushed = push_blob(client, repository, data)
    return {"mediaType": kind, "digest": pushed, "size": len(data)}


def pull(client: httpx.Client, repository: str, reference: str) -> httpx.Response:
    url = f"/v2/{repository}/manifests/{reference}"
    return client.get(url, headers={"Accept": MANIFEST})


def zeros(size: int, piece: int = 1 << 20) -> Iterator[bytes]:
    """``size`` zero bytes; nobody ever holds all of them."""
    for _ in range(size // piece):
        yield bytes(piece)


def total(pieces: Iterable[bytes]) -> tuple[int, str]:
    """Length and digest of a stream."""
    length, made = 0, hashlib.sha256()
    for piece in pieces:
        length += len(piece)
        made.update(piece)
    return length, f"sha256:{made.hexdigest()}"


def eventually(test: Callable[[], object], seconds: float = 10.0) -> None:
    """Return as soon as it holds; fail if it does not in time."""
    end = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether a process runs (one that ended and waits for its parent does not)."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except OSError:
        return False
    return state not in "ZX"
