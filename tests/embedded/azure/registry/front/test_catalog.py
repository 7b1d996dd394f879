"""What a registry holds, as az and azure-containerregistry ask for it."""

from __future__ import annotations

import json
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

Identity = Any
Shop = Any
ALL = "pull,push,delete,metadata_read,metadata_write"
SCOPES = ["registry:catalog:*", f"repository:a/web:{ALL}", f"repository:b:{ALL}"]


def fill(shop: Shop) -> Registry:
    """``a/web`` with the tags 1, 2 and latest over two manifests; ``b`` with one."""
    made: Registry = shop.make()
    with made.http(made.token(*SCOPES)) as client:
        push(client, "a/web", "1", b"one")
        push(client, "a/web", "2", b"two")
        push(client, "a/web", "latest", b"two")
        push(client, "b", "1", b"one")
    return made


@pytest.fixture(scope="module")
def shelf(shop: Shop) -> Registry:
    """For reading only."""
    return fill(shop)


@pytest.fixture(scope="module")
def reader(shelf: Registry) -> Iterator[httpx.Client]:
    with shelf.http(shelf.token(*SCOPES)) as client:
        yield client


@pytest.fixture
def full(shop: Shop) -> Registry:
    """To be changed."""
    return fill(shop)


@pytest.fixture
def catalog(full: Registry) -> Iterator[httpx.Client]:
    with full.http(full.token(*SCOPES)) as client:
        yield client


def names(answer: httpx.Response, key: str) -> list[str]:
    found = got(answer)[key]
    return [one if isinstance(one, str) else one["name"] for one in found]


def test_repositories_are_listed_in_pages(reader: httpx.Client) -> None:
    assert names(reader.get("/acr/v1/_catalog"), "repositories") == ["a/web", "b"]
    first = reader.get("/acr/v1/_catalog", params={"n": 1})
    assert names(first, "repositories") == ["a/web"]
    text = first.headers["link"]
    assert text.endswith('>; rel="next"')
    second = reader.get(text[1 : text.index(">")])
    assert names(second, "repositories") == ["b"]
    assert "link" not in second.headers


def test_a_repository_is_described(shelf: Registry, reader: httpx.Client) -> None:
    body = got(reader.get("/acr/v1/a/web"))
    assert (body["registry"], body["imageName"]) == (shelf.login_server, "a/web")
    assert (body["manifestCount"], body["tagCount"]) == (2, 3)
    assert body["createdTime"] <= body["lastUpdateTime"]


def test_tags_are_listed_by_digest_and_by_age(reader: httpx.Client) -> None:
    url = "/acr/v1/a/web/_tags"
    assert names(reader.get(url), "tags") == ["1", "2", "latest"]
    newest = reader.get(url, params={"orderby": "timedesc", "n": 1})
    assert names(newest, "tags") == ["latest"]
    sha = reader.get(f"{url}/2").json()["tag"]["digest"]
    same = reader.get(url, params={"digest": sha})
    assert names(same, "tags") == ["2", "latest"]


def test_a_manifest_is_described_with_its_tags(reader: httpx.Client) -> None:
    sha = digest(pull(reader, "a/web", "2").content)
    body = got(reader.get(f"/acr/v1/a/web/_manifests/{sha}"))["manifest"]
    assert sorted(body["tags"]) == ["2", "latest"]
    assert body["mediaType"] == MANIFEST
    rows = got(reader.get("/acr/v1/a/web/_manifests"))["manifests"]
    assert len(rows) == 2


def test_a_tag_is_deleted_and_its_manifest_stays(catalog: httpx.Client) -> None:
    sha = digest(pull(catalog, "a/web", "1").content)
    assert catalog.delete("/acr/v1/a/web/_tags/1").status_code == 202
    assert pull(catalog, "a/web", "1").status_code == 404
    assert pull(catalog, "a/web", sha).status_code == 200
    again = catalog.delete("/acr/v1/a/web/_tags/1")
    assert refused(again) == (404, "TAG_UNKNOWN")


def test_a_manifest_is_deleted_with_all_its_tags(catalog: httpx.Client) -> None:
    sha = digest(pull(catalog, "a/web", "2").content)
    assert catalog.delete(f"/v2/a/web/manifests/{sha}").status_code == 202
    assert names(catalog.get("/acr/v1/a/web/_tags"), "tags") == ["1"]
    assert pull(catalog, "a/web", "latest").status_code == 404


def test_a_repository_is_deleted_and_can_be_pushed_again(
    catalog: httpx.Client,
) -> None:
    answer = catalog.delete("/acr/v1/a/web")
    assert answer.status_code == 202
    assert sorted(answer.json()["tagsDeleted"]) == ["1", "2", "latest"]
    assert refused(catalog.get("/acr/v1/a/web")) == (404, "NAME_UNKNOWN")
    assert pull(catalog, "a/web", "1").status_code == 404
    assert pull(catalog, "b", "1").status_code == 200
    push(catalog, "a/web", "1", b"one")
    assert pull(catalog, "a/web", "1").status_code == 200


def test_a_repository_is_deleted_without_those_below_its_name(shop: Shop) -> None:
    """Its folder holds theirs."""
    made: Registry = shop.make()
    names = ("app", "app/web")
    scopes = [f"repository:{name}:{ALL}" for name in names]
    with made.http(made.token(*scopes)) as client:
        for name in names:
            push(client, name, "1", b"one")
        assert client.delete("/acr/v1/app").status_code == 202
        assert refused(client.get("/acr/v1/app")) == (404, "NAME_UNKNOWN")
        assert pull(client, "app/web", "1").status_code == 200


def test_the_next_page_goes_on_also_where_the_last_one_is_gone(
    catalog: httpx.Client,
) -> None:
    url = "/acr/v1/a/web/_tags"
    first = catalog.get(url, params={"n": 2})
    assert names(first, "tags") == ["1", "2"]
    assert catalog.delete(f"{url}/2").status_code == 202
    text = first.headers["link"]
    assert names(catalog.get(text[1 : text.index(">")]), "tags") == ["latest"]


def test_the_next_page_is_of_the_same_manifest(reader: httpx.Client) -> None:
    url = "/acr/v1/a/web/_tags"
    sha = reader.get(f"{url}/2").json()["tag"]["digest"]
    text = reader.get(url, params={"digest": sha, "n": 1}).headers["link"]
    assert names(reader.get(text[1 : text.index(">")]), "tags") == ["latest"]


def test_manifests_are_listed_by_age(reader: httpx.Client) -> None:
    tags = got(reader.get("/acr/v1/a/web/_tags"))["tags"]
    of = {tag["name"]: tag["digest"] for tag in tags}
    for order, first in (("timeasc", "1"), ("timedesc", "2")):
        url = f"/acr/v1/a/web/_manifests?orderby={order}&n=1"
        [row] = got(reader.get(url))["manifests"]
        assert row["digest"] == of[first]


def put(client: httpx.Client, kind: str, body: bytes) -> str:
    """Push a manifest under a tag; its digest."""
    media = {"Content-Type": f"application/vnd.oci.image.{kind}.v1+json"}
    answer = client.put("/v2/b/manifests/odd", content=body, headers=media)
    assert answer.status_code == 201, answer.text
    return digest(body)


def test_a_manifest_tells_the_platform_of_its_config(catalog: httpx.Client) -> None:
    config = json.dumps({"architecture": "arm64", "os": "linux"}).encode()
    pushed = push_blob(catalog, "b", config)
    part = {"mediaType": CONFIG, "digest": pushed, "size": len(config)}
    whole = {"schemaVersion": 2, "mediaType": MANIFEST, "config": part, "layers": []}
    sha = put(catalog, "manifest", json.dumps(whole).encode())
    row = got(catalog.get(f"/acr/v1/b/_manifests/{sha}"))["manifest"]
    assert (row["architecture"], row["os"]) == ("arm64", "linux")
    assert row["imageSize"] == len(config)


def test_an_index_with_a_deep_part_is_listed(catalog: httpx.Client) -> None:
    """Distribution takes what it does not know, ten thousand levels deep."""
    media = "application/vnd.oci.image.index.v1+json"
    known = f'"schemaVersion": 2, "mediaType": "{media}", "manifests": []'
    deep = "[" * 5_000 + "]" * 5_000
    sha = put(catalog, "index", f'{{{known}, "more": {deep}}}'.encode())
    row = got(catalog.get(f"/acr/v1/b/_manifests/{sha}"))["manifest"]
    assert (row["imageSize"], row["tags"]) == (0, ["odd"])
    assert "architecture" not in row


def test_one_who_may_only_pull_lists_and_deletes_nothing(
    shelf: Registry, identity: Identity
) -> None:
    identity.grant("AcrPull", shelf.path)
    with shelf.http(shelf.token(*SCOPES, entra_token=identity.token())) as client:
        assert names(client.get("/acr/v1/_catalog"), "repositories") == ["a/web", "b"]
        for path in ("/acr/v1/b", "/acr/v1/b/_tags/1"):
            assert refused(client.delete(path)) == (401, "UNAUTHORIZED")
        assert pull(client, "b", "1").status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "/acr/v1/../../token.key",
        "/acr/v1/%2e%2e/%2e%2e/_tags/1",
        "/acr/v1/b/_tags/..",
        "/acr/v1/b/_tags/%2e%2e",
        "/acr/v1/b/_tags/1%2f..%2f..",
        "/acr/v1/b/../b",
    ],
)
def test_no_path_leads_out_of_its_repository(
    shelf: Registry, reader: httpx.Client, target: str
) -> None:
    # Sent as it stands: clients tidy a path up before they send it.
    asked = reader.build_request("DELETE", "/", extensions={"target": target.encode()})
    assert reader.send(asked).status_code == 404
    assert names(reader.get("/acr/v1/b/_tags"), "tags") == ["1"]
    assert (shelf.folder / "token.key").exists()


def test_rights_on_one_registry_reach_no_repository_of_its_neighbour(
    shelf: Registry, full: Registry, identity: Identity
) -> None:
    identity.grant("Contributor", shelf.path)
    up = "/".join([".."] * 7)
    folder = full.folder.name
    name = f"b/{up}/{folder}/data/docker/registry/v2/repositories/a/web"
    token = shelf.token(f"repository:{name}:{ALL}", entra_token=identity.token())
    with shelf.http(token) as client:
        for method in ("GET", "DELETE"):
            extensions = {"target": f"/acr/v1/{name}".encode()}
            asked = client.build_request(method, "/", extensions=extensions)
            assert client.send(asked).status_code == 404
    with full.pusher("a/web") as owner:
        assert pull(owner, "a/web", "1").status_code == 200
