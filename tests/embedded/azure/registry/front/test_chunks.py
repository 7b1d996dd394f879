"""Uploads in pieces, and what a registry refuses of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import httpx
import pytest

from tests.embedded.azure.registry.registry import Registry, digest, finish, refused

NAME = "pieces"
UPLOADS = f"/v2/{NAME}/blobs/uploads/"


@pytest.fixture
def client(registry: Registry) -> Iterator[httpx.Client]:
    with registry.pusher(NAME) as made:
        yield made


def send(
    client: httpx.Client, before: httpx.Response, piece: bytes, first: int
) -> httpx.Response:
    header = {"Content-Range": f"{first}-{first + len(piece) - 1}"}
    return client.patch(before.headers["location"], content=piece, headers=header)


def test_pieces_in_their_order_make_one_blob(client: httpx.Client) -> None:
    one = send(client, client.post(UPLOADS), b"first, ", 0)
    assert (one.status_code, one.headers["range"]) == (202, "0-6")
    two = send(client, one, b"second", 7)
    assert (two.status_code, two.headers["range"]) == (202, "0-12")
    sha = digest(b"first, second")
    assert finish(client, two, sha).status_code == 201
    blob = client.get(f"/v2/{NAME}/blobs/{sha}")
    assert blob.content == b"first, second"


@pytest.mark.parametrize("first", [0, 6, 8, 100])
def test_a_piece_that_is_not_the_next_is_refused_and_the_next_one_taken(
    client: httpx.Client, first: int
) -> None:
    one = send(client, client.post(UPLOADS), b"first, ", 0)
    wrong = send(client, one, b"second", first)
    assert refused(wrong) == (416, "BLOB_UPLOAD_INVALID")
    assert wrong.headers["range"] == "0-6"
    two = send(client, wrong, b"second", 7)
    assert two.status_code == 202
    done = finish(client, two, digest(b"first, second"))
    assert done.status_code == 201


def test_a_first_piece_begins_at_the_beginning(client: httpx.Client) -> None:
    begun = client.post(UPLOADS)
    assert refused(send(client, begun, b"late", 4)) == (416, "BLOB_UPLOAD_INVALID")


def test_the_last_piece_can_come_with_the_end(client: httpx.Client) -> None:
    one = send(client, client.post(UPLOADS), b"a", 0)
    more = {"content": b"b", "headers": {"Content-Range": "1-1"}}
    done = finish(client, one, digest(b"ab"), **more)
    assert done.status_code == 201


def test_only_sha256_names_a_blob(client: httpx.Client) -> None:
    sha512 = f"sha512:{hashlib.sha512(b'x').hexdigest()}"
    for query in ({"digest": sha512}, {"mount": sha512, "from": "other"}):
        answer = client.post(UPLOADS, params=query, content=b"x")
        assert refused(answer) == (400, "DIGEST_INVALID")
    begun = client.post(UPLOADS)
    answer = finish(client, begun, sha512, content=b"x")
    assert refused(answer) == (400, "DIGEST_INVALID")
    # The upload is still there, and can be ended well.
    assert finish(client, begun, digest(b"x"), content=b"x").status_code == 201
