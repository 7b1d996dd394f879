"""What refers to a manifest, as OCI's distribution specification 1.1 lists it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.embedded.azure.registry.registry import (
    CONFIG,
    MANIFEST,
    Registry,
    digest,
    got,
    pull,
    push,
    push_blob,
    refused,
)

Json = dict[str, Any]
INDEX = "application/vnd.oci.image.index.v1+json"
NAME = f"referrers/{uuid.uuid4().hex[:8]}"


@pytest.fixture
def client(registry: Registry) -> Iterator[httpx.Client]:
    scope = f"repository:{NAME}:pull,push,delete,metadata_write"
    with registry.http(registry.token(scope)) as made:
        yield made


@pytest.fixture
def subject(client: httpx.Client) -> str:
    """An image that nothing refers to yet."""
    return push(client, NAME, "1", uuid.uuid4().bytes)


def attach(client: httpx.Client, to: str, **more: Any) -> httpx.Response:
    """Push a manifest that refers to another one."""
    part = {"digest": push_blob(client, NAME, b"{}"), "size": 2, "mediaType": CONFIG}
    subject = {"mediaType": MANIFEST, "digest": to, "size": 1}
    body = {"schemaVersion": 2, "mediaType": MANIFEST, "config": part, "layers": []}
    text = json.dumps({**body, "subject": subject, **more}).encode()
    url = f"/v2/{NAME}/manifests/{digest(text)}"
    return client.put(url, content=text, headers={"Content-Type": MANIFEST})


def listed(client: httpx.Client, subject: str, **query: str) -> list[Json]:
    answer = client.get(f"/v2/{NAME}/referrers/{subject}", params=query)
    assert answer.headers["content-type"] == INDEX
    found: list[Json] = got(answer)["manifests"]
    return found


def test_what_refers_to_an_image_is_listed_with_its_type(
    client: httpx.Client, subject: str
) -> None:
    assert listed(client, subject) == []
    signature = {"artifactType": "a/signature", "annotations": {"by": "me"}}
    made = attach(client, subject, **signature)
    assert made.status_code == 201
    assert made.headers["oci-subject"] == subject
    [row] = listed(client, subject)
    size = len(pull(client, NAME, row["digest"]).content)
    assert row == {
        "mediaType": MANIFEST,
        "digest": made.headers["docker-content-digest"],
        "size": size,
        **signature,
    }


def test_the_type_of_one_without_any_is_its_config_s(
    client: httpx.Client, subject: str
) -> None:
    attach(client, subject)
    [row] = listed(client, subject)
    assert row["artifactType"] == CONFIG


def test_they_are_chosen_by_their_type(client: httpx.Client, subject: str) -> None:
    for kind in ("a/signature", "a/list"):
        attach(client, subject, artifactType=kind)
    query = {"artifactType": "a/list"}
    answer = client.get(f"/v2/{NAME}/referrers/{subject}", params=query)
    assert answer.headers["oci-filters-applied"] == "artifactType"
    assert [one["artifactType"] for one in got(answer)["manifests"]] == ["a/list"]


def test_one_that_is_deleted_or_hidden_is_not_listed(
    client: httpx.Client, subject: str
) -> None:
    first, second = (
        attach(client, subject, artifactType=kind).headers["docker-content-digest"]
        for kind in ("a/first", "a/second")
    )
    client.delete(f"/v2/{NAME}/manifests/{first}").raise_for_status()
    got(
        client.patch(f"/acr/v1/{NAME}/_manifests/{second}", json={"listEnabled": False})
    )
    assert listed(client, subject) == []


def test_of_a_digest_that_nobody_knows_there_are_none(client: httpx.Client) -> None:
    assert listed(client, digest(b"nobody")) == []


def test_a_subject_that_is_none_is_not_repeated(
    client: httpx.Client, subject: str
) -> None:
    """What a client puts there would get into a header."""
    for odd in ({"digest": "a\r\nb: c"}, {"digest": 1}, "text"):
        answer = attach(client, subject, subject=odd)
        assert answer.status_code in (201, 400)
        assert "oci-subject" not in answer.headers


def test_one_without_a_token_is_told_to_sign_in(
    registry: Registry, subject: str
) -> None:
    with registry.http() as stranger:
        answer = stranger.get(f"/v2/{NAME}/referrers/{subject}")
        assert refused(answer) == (401, "UNAUTHORIZED")
        assert f"repository:{NAME}:pull" in answer.headers["www-authenticate"]
