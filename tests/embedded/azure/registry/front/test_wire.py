"""What no registry client should send: OCI's refusals, and the front goes on."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.embedded.azure.registry.registry import (
    NULL_GUID,
    Registry,
    claims,
    digest,
    push,
)

pytestmark = pytest.mark.docker
Json = dict[str, Any]
CALM = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def client(registry: Registry) -> Iterator[httpx.Client]:
    with registry.pusher("wire/app") as made:
        yield made


@pytest.fixture(autouse=True)
def still_answers(registry: Registry) -> Iterator[None]:
    yield
    with registry.http() as stranger:
        assert stranger.get("/v2/").status_code == 401


def refused(answer: httpx.Response) -> int:
    """The status, a 4xx; the body is OCI's."""
    assert 400 <= answer.status_code < 500, (answer.request.url, answer.text)
    errors = answer.json()["errors"]
    assert errors[0]["code"], errors
    return answer.status_code


@given(text=st.text(max_size=80))
@example("repository:wire/app:pull,push,delete,*")
@example("repository:" + "a/" * 2000 + "b:pull")
@example("registry:catalog:*")
@example("repository(plugin):a:pull")
@example("repository::pull")
@example("repository:../../etc:pull")
@example(" ".join(["repository:a:pull"] * 500))
@CALM
def test_a_scope_grants_what_it_asks_for_and_nothing_else(
    registry: Registry, refresh: str, text: str
) -> None:
    scope = text.encode("utf-8", "replace").decode()
    answer = registry.sign_in(NULL_GUID, refresh, scope)
    assert answer.status_code == 200, answer.text
    for one in claims(answer.json()["access_token"])["access"]:
        assert one["name"] in scope
        assert one["type"] in ("repository", "registry")
        assert set(one["actions"]) <= {
            "pull", "push", "delete", "metadata_read", "metadata_write", "*",
        }  # fmt: skip


@pytest.fixture
def refresh(registry: Registry) -> str:
    return registry.refresh_token()


@pytest.mark.parametrize(
    "path",
    [
        "/v2/UPPER/tags/list",
        "/v2/" + "a" * 300 + "/tags/list",
        "/v2/a%2f..%2f..%2fb/tags/list",
        "/v2/a%00b/manifests/latest",
        "/v2/wire/app/manifests/" + "t" * 200,
        "/v2/wire/app/manifests/sha256:short",
        "/v2/wire/app/blobs/md5:" + "0" * 32,
        # Distribution answers 500 to what it takes for a tag in a folder of its own.
        "/v2/wire/app/manifests/md5:" + "0" * 32,
        "/v2/wire/app/manifests/sha256:" + "F" * 64,
        "/v2/wire/app/nothing",
        "/v2/..%2f..%2fazure.sqlite/tags/list",
        "/acr/v1/..%2f..%2fazure.sqlite",
        "/acr/v1/wire%3fapp/_tags",
        "/acr/v1/wire/app/_tags/a%0ab",
        "/acr/v1/",
        "/nothing/at/all",
        "/%00",
    ],
)
def test_a_path_that_leads_nowhere(
    client: httpx.Client, registry: Registry, path: str
) -> None:
    refused(client.get(f"https://{registry.login_server}{path}"))


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/v2/", "/oauth2/token", "/acr/v1/_catalog"])
def test_a_method_that_there_is_not(
    client: httpx.Client, method: str, path: str
) -> None:
    assert refused(client.request(method, path)) == 405


@pytest.mark.parametrize("n", ["-1", "0", "²", "9" * 5000, "x", "1e3", ""])
def test_a_page_of_a_size_that_is_none(registry: Registry, n: str) -> None:
    with registry.http(registry.token("registry:catalog:*")) as client:
        answer = client.get("/acr/v1/_catalog", params={"n": n})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Range": "5-3"},
        {"Content-Range": "bytes 0-1/2"},
        {"Content-Range": "-"},
        {"Content-Range": "100-102"},
        {"Content-Range": "x" * 1000},
        {"Content-Range": "18446744073709551616-18446744073709551620"},
    ],
    ids=lambda headers: headers["Content-Range"][:20],
)
def test_a_piece_of_a_blob_that_cannot_be_placed(
    client: httpx.Client, headers: dict[str, str]
) -> None:
    begun = client.post("/v2/wire/app/blobs/uploads/")
    answer = client.patch(begun.headers["location"], content=b"abc", headers=headers)
    assert answer.status_code < 500, answer.text
    if not answer.is_success:
        assert answer.status_code in (400, 416)


@pytest.mark.parametrize(
    "range_",
    ["bytes=5-3", "bytes=100-", "lines=1-2", "bytes=-0", "bytes=" + "0-0," * 99],
)
def test_a_range_of_a_blob_that_is_none(client: httpx.Client, range_: str) -> None:
    push(client, "wire/app", "ranged", b"0123456789")
    url = f"/v2/wire/app/blobs/{digest(b'0123456789')}"
    answer = client.get(url, headers={"Range": range_})
    assert answer.status_code in (200, 206, 416), answer.text


def test_a_mount_from_a_repository_that_is_none(client: httpx.Client) -> None:
    query = {"mount": digest(b"x"), "from": "กำ a"}
    answer = client.post("/v2/wire/app/blobs/uploads/", params=query)
    assert answer.status_code in (202, 400, 401), answer.text


@pytest.mark.parametrize(
    "location",
    ["/v2/wire/app/blobs/uploads/nothing", "/v2/wire/app/blobs/uploads/..%2f..%2fx"],
)
def test_an_upload_that_nobody_began(client: httpx.Client, location: str) -> None:
    assert refused(client.patch(location, content=b"abc")) in (400, 404)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"{", "application/vnd.oci.image.manifest.v1+json"),
        (b"[" * 100_000, "application/vnd.oci.image.manifest.v1+json"),
        (b"{}", "application/vnd.oci.image.manifest.v1+json"),
        (b"{}", "text/plain"),
        (b" " * 5_000_000, "application/vnd.oci.image.manifest.v1+json"),
    ],
    ids=["half", "deep", "empty", "another type", "large"],
)
def test_a_manifest_that_is_none(
    client: httpx.Client, content: bytes, media_type: str
) -> None:
    refused(
        client.put(
            "/v2/wire/app/manifests/bad",
            content=content,
            headers={"Content-Type": media_type},
        )
    )
    assert client.get("/v2/wire/app/manifests/bad").status_code == 404


def test_a_form_of_50_mb(registry: Registry) -> None:
    with registry.http() as stranger:
        for path in ("/oauth2/token", "/oauth2/exchange"):
            assert refused(stranger.post(path, content=b"a" * 50_000_000)) == 413


def test_headers_that_are_not_ascii_go_through(client: httpx.Client) -> None:
    headers = [(b"User-Agent", "dôcker é".encode())]
    assert client.get("/v2/", headers=headers).status_code == 200


@given(data=st.binary(max_size=200))
@CALM
def test_any_bytes_in_place_of_a_form(registry: Registry, data: bytes) -> None:
    with registry.http() as stranger:
        for path in ("/oauth2/token", "/oauth2/exchange"):
            assert refused(stranger.post(path, content=data)) in (400, 401)


@pytest.fixture
def full_disk(registry: Registry) -> Iterator[None]:
    """What the registry keeps is on a disk of 100 kB."""
    if os.geteuid() != 0:
        pytest.skip("a full disk is a small tmpfs here, which root alone can mount")
    folder = str(registry.folder / "data")
    Path(folder).mkdir(exist_ok=True)
    options = ["-t", "tmpfs", "-o", "size=100k", "tmpfs", folder]
    if subprocess.run(["mount", *options], check=False, capture_output=True).returncode:
        pytest.skip("this container may not mount a tmpfs")
    yield
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_disk_without_room_is_named_and_nothing_is_tried_again(
    client: httpx.Client, full_disk: None
) -> None:
    """The Docker Engine repeats what ends in a 5xx, and shows no word of it."""
    begun = client.post("/v2/wire/app/blobs/uploads/")
    more = client.patch(begun.headers["location"], content=b"a" * 1_000_000)
    for answer in (more, client.post("/v2/wire/app/blobs/uploads/")):
        assert refused(answer) == 403
        error = answer.json()["errors"][0]
        assert error["code"] == "DENIED"
        assert "no space left on device" in error["message"]
