"""Blobs and manifests go through the front as they are, and are never held in it."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.embedded.azure.registry.registry import (
    CONFIG,
    Registry,
    digest,
    eventually,
    finish,
    pull,
    push,
    push_blob,
    refused,
    total,
    zeros,
)

Azure = Any
MIB = 1 << 20
BIG = 200 * MIB
REPOSITORY = "streamed"
WINDOWS = "application/vnd.docker.distribution.manifest.v2+json"


@pytest.fixture
def client(registry: Registry) -> Iterator[httpx.Client]:
    with registry.pusher(REPOSITORY) as made:
        yield made


def begin(client: httpx.Client) -> httpx.Response:
    answer = client.post(f"/v2/{REPOSITORY}/blobs/uploads/")
    assert answer.status_code == 202
    return answer


def blob(sha: str) -> str:
    return f"/v2/{REPOSITORY}/blobs/{sha}"


def memory(azure: Azure, key: str) -> int:
    """Bytes that the process holds (``VmRSS``), or held at most (``VmHWM``)."""
    status = Path(f"/proc/{azure.process.pid}/status").read_text()
    line = next(one for one in status.splitlines() if one.startswith(key))
    return int(line.split()[1]) * 1024


def test_what_was_pushed_is_pulled_byte_by_byte(client: httpx.Client) -> None:
    sha = push(client, REPOSITORY, "1", b"layer one")
    answer = pull(client, REPOSITORY, "1")
    assert digest(answer.content) == sha == answer.headers["docker-content-digest"]
    assert answer.headers["docker-distribution-api-version"] == "registry/2.0"
    for name in ("date", "content-length", "content-type"):
        assert len(answer.headers.get_list(name)) == 1, name
    layer = answer.json()["layers"][0]["digest"]
    assert client.get(blob(layer)).content == b"layer one"
    assert pull(client, REPOSITORY, sha).content == answer.content


def test_layers_that_stay_elsewhere_can_be_named(client: httpx.Client) -> None:
    """Those of Windows' base images are never pushed."""
    layer = {
        "mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        "digest": digest(b"of Windows"),
        "size": 1_500_000_000,
        "urls": ["https://mcr.microsoft.com/v2/windows/nanoserver/blobs/1"],
    }
    config = {"mediaType": CONFIG, "digest": push_blob(client, REPOSITORY, b"{}")}
    body = {
        "schemaVersion": 2,
        "mediaType": WINDOWS,
        "config": {**config, "size": 2},
        "layers": [layer],
    }
    path = f"/v2/{REPOSITORY}/manifests/windows"
    done = client.put(path, json=body, headers={"Content-Type": WINDOWS})
    assert done.status_code == 201, done.text
    found = client.get(path, headers={"Accept": WINDOWS})
    assert found.json()["layers"] == [layer]


def test_an_answer_never_waits_for_the_client_s_acknowledgement(
    client: httpx.Client,
) -> None:
    # Where it waits, it does so each time, for the 40 ms of a delayed acknowledgement.
    took = (client.get("/v2/").elapsed.total_seconds() for _ in range(300))
    assert any(one < 0.03 for one in took)


def test_locations_stay_at_the_front(client: httpx.Client, registry: Registry) -> None:
    begun = begin(client)
    done = finish(client, begun, digest(b"placed"), content=b"placed")
    for answer in (begun, done):
        url = client.base_url.join(answer.headers["location"])
        assert (url.scheme, url.port) == ("https", registry.port)
    assert client.get(done.headers["location"]).content == b"placed"


def test_a_blob_comes_in_pieces_and_tells_how_far_it_is(client: httpx.Client) -> None:
    begun = begin(client)
    first = client.patch(begun.headers["location"], content=b"abc")
    assert (first.status_code, first.headers["range"]) == (202, "0-2")
    asked = client.get(first.headers["location"])
    assert (asked.status_code, asked.headers["range"]) == (204, "0-2")
    headers = {"Content-Range": "3-5", "Content-Type": "application/octet-stream"}
    second = client.patch(first.headers["location"], content=b"def", headers=headers)
    assert second.headers["range"] == "0-5"
    done = finish(client, second, digest(b"abcdef"))
    assert done.status_code == 201
    assert client.get(blob(digest(b"abcdef"))).content == b"abcdef"


def test_a_wrong_digest_is_refused_and_nothing_is_kept(client: httpx.Client) -> None:
    answer = finish(client, begin(client), digest(b"other"), content=b"this")
    assert refused(answer) == (400, "DIGEST_INVALID")
    for data in (b"other", b"this"):
        assert client.get(blob(digest(data))).status_code == 404


def test_an_upload_can_be_given_up(client: httpx.Client) -> None:
    place = begin(client).headers["location"]
    assert client.delete(place).status_code == 204
    assert client.get(place).status_code == 404


def test_a_part_of_a_blob_and_its_size_alone_can_be_asked_for(
    client: httpx.Client,
) -> None:
    sha = push_blob(client, REPOSITORY, b"0123456789")
    part = client.get(blob(sha), headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")
    assert part.headers["content-range"] == "bytes 2-4/10"
    head = client.head(blob(sha))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == "10"
    assert client.head(blob(digest(b"missing"))).status_code == 404


def test_a_blob_is_mounted_from_another_repository(registry: Registry) -> None:
    with registry.pusher("source") as client:
        sha = push_blob(client, "source", b"shared")
    scopes = ["repository:source:pull", "repository:target:pull,push"]
    with registry.http(registry.token(*scopes)) as client:
        query = {"mount": sha, "from": "source"}
        answer = client.post("/v2/target/blobs/uploads/", params=query)
        assert answer.status_code == 201
        assert client.get(f"/v2/target/blobs/{sha}").content == b"shared"


def test_a_missing_manifest_is_told_in_the_words_of_the_specification(
    client: httpx.Client,
) -> None:
    push(client, REPOSITORY, "there", b"x")
    answer = pull(client, REPOSITORY, "nowhere")
    assert refused(answer) == (404, "MANIFEST_UNKNOWN")


def test_a_big_layer_goes_up_and_down_in_flat_memory(
    client: httpx.Client, azure: Azure
) -> None:
    _, sha = total(zeros(BIG))
    begun = begin(client)
    Path(f"/proc/{azure.process.pid}/clear_refs").write_text("5")  # resets VmHWM
    before = memory(azure, "VmRSS")
    patched = client.patch(begun.headers["location"], content=zeros(BIG))
    assert patched.status_code == 202
    assert finish(client, patched, sha).status_code == 201
    with client.stream("GET", blob(sha)) as answer:
        assert total(answer.iter_raw(MIB)) == (BIG, sha)
    assert memory(azure, "VmHWM") - before < 24 * MIB


def sockets(azure: Azure) -> int:
    """How many sockets the process has open."""
    found = 0
    for one in Path(f"/proc/{azure.process.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found += str(one.readlink()).startswith("socket:")
    return found


def test_a_download_that_is_broken_off_leaves_no_connection(
    registry: Registry, client: httpx.Client, azure: Azure
) -> None:
    _, sha = total(zeros(32 * MIB))
    assert finish(client, begin(client), sha, content=zeros(32 * MIB)).is_success
    before = sockets(azure)
    token = registry.token(f"repository:{REPOSITORY}:pull")
    for _ in range(4):
        with registry.http(token) as hasty, hasty.stream("GET", blob(sha)) as answer:
            next(answer.iter_raw(MIB))
    eventually(lambda: sockets(azure) <= before)


def test_an_upload_that_is_broken_off_leaves_no_connection_and_can_be_repeated(
    registry: Registry, client: httpx.Client, azure: Azure
) -> None:
    data = bytes(2 * MIB)
    assert finish(client, begin(client), digest(data), content=data).is_success
    before = sockets(azure)
    context = ssl.create_default_context(cafile=str(azure.ca_file))
    for _ in range(4):
        place = client.base_url.join(begin(client).headers["location"])
        connection = HTTPSConnection("localhost", registry.port, context=context)
        connection.putrequest("PATCH", place.raw_path.decode())
        connection.putheader("Authorization", client.headers["authorization"])
        connection.putheader("Content-Length", str(len(data)))
        connection.endheaders()
        connection.send(data[:MIB])
        connection.close()
    eventually(lambda: sockets(azure) <= before)
    assert finish(client, begin(client), digest(data), content=data).is_success
