"""Attributes of repositories, tags and manifests, and what they forbid and hide."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.embedded.azure.registry.registry import (
    Registry,
    digest,
    got,
    pull,
    push,
    push_blob,
    refused,
    send,
)

Shop = Any
ALL = "pull,push,delete,metadata_read,metadata_write"
DISALLOWED = (405, "REGISTRY_DISALLOWED_OPERATION")
OPEN = {
    "deleteEnabled": True,
    "writeEnabled": True,
    "listEnabled": True,
    "readEnabled": True,
}


@dataclass(frozen=True)
class Repository:
    """One of the test's own, with the tags 1 and 2 over two manifests."""

    client: httpx.Client
    name: str
    digests: dict[str, str]

    def one(self, kind: str) -> str:
        """The repository, a tag, or the manifest behind that tag."""
        return {"repository": "", "tag": "1", "manifest": self.digests["1"]}[kind]

    def url(self, what: str = "") -> str:
        """Of the repository, or of a tag or a digest in it."""
        kind = "_manifests" if ":" in what else "_tags"
        return f"/acr/v1/{self.name}" + (f"/{kind}/{what}" if what else "")

    def set(self, what: str = "", **flags: Any) -> httpx.Response:
        return self.client.patch(self.url(what), json=flags)

    def flags(self, what: str = "") -> dict[str, bool]:
        return flags(self.client.get(self.url(what)))

    def push(self, tag: str, layer: bytes) -> httpx.Response:
        """What the registry says to its manifest."""
        return send(self.client, self.name, tag, layer)

    def pull(self, reference: str) -> httpx.Response:
        return pull(self.client, self.name, reference)

    def delete(self, reference: str) -> httpx.Response:
        return self.client.delete(f"/v2/{self.name}/manifests/{reference}")


def flags(answer: httpx.Response) -> dict[str, bool]:
    body = got(answer)
    for kind in ("tag", "manifest"):
        body = body.get(kind, body)
    found: dict[str, bool] = body["changeableAttributes"]
    return found


@pytest.fixture
def repository(registry: Registry) -> Iterator[Repository]:
    name = f"locks/{uuid.uuid4().hex[:8]}"
    scopes = [f"repository:{name}:{ALL}", "registry:catalog:*"]
    with registry.http(registry.token(*scopes)) as client:
        digests = {tag: push(client, name, tag, tag.encode()) for tag in "12"}
        yield Repository(client, name, digests)


KINDS = ["repository", "tag", "manifest"]
EACH = pytest.mark.parametrize("kind", KINDS)


@EACH
def test_all_is_allowed_at_first_and_what_is_set_is_shown(
    repository: Repository, kind: str
) -> None:
    what = repository.one(kind)
    assert repository.flags(what) == OPEN
    changed = repository.set(what, writeEnabled=False, readEnabled=None)
    assert flags(changed) == {**OPEN, "writeEnabled": False}
    repository.set(what, deleteEnabled=False)
    closed = {**OPEN, "writeEnabled": False, "deleteEnabled": False}
    assert repository.flags(what) == closed
    repository.set(what, deleteEnabled=True, writeEnabled=True)
    assert repository.flags(what) == OPEN


def test_a_tag_and_its_manifest_have_attributes_of_their_own(
    repository: Repository,
) -> None:
    repository.set("1", deleteEnabled=False)
    listed = got(repository.client.get(f"{repository.url()}/_tags"))["tags"]
    shown = {one["name"]: one["changeableAttributes"] for one in listed}
    assert shown == {"1": {**OPEN, "deleteEnabled": False}, "2": OPEN}
    assert repository.flags(repository.digests["1"]) == repository.flags() == OPEN


def test_a_locked_tag_is_not_moved_and_not_deleted(repository: Repository) -> None:
    repository.set("1", writeEnabled=False)
    assert refused(repository.push("1", b"other")) == DISALLOWED
    assert refused(repository.client.delete(repository.url("1"))) == DISALLOWED
    assert refused(repository.delete(repository.digests["1"])) == DISALLOWED
    assert digest(repository.pull("1").content) == repository.digests["1"]
    assert repository.push("3", b"other").status_code == 201
    repository.set("1", writeEnabled=True)
    assert repository.push("1", b"other").status_code == 201


def test_a_tag_that_may_not_be_deleted_can_be_moved(repository: Repository) -> None:
    repository.set("1", deleteEnabled=False)
    assert repository.push("1", b"other").status_code == 201
    assert refused(repository.client.delete(repository.url("1"))) == DISALLOWED
    assert repository.flags("1") == {**OPEN, "deleteEnabled": False}


def test_a_locked_manifest_stays_and_gets_no_other_tag(repository: Repository) -> None:
    sha = repository.digests["1"]
    repository.set(sha, writeEnabled=False)
    assert refused(repository.delete(sha)) == DISALLOWED
    assert refused(repository.push("3", b"1")) == DISALLOWED
    assert repository.client.delete(repository.url("1")).status_code == 202
    assert repository.pull(sha).status_code == 200


def test_nothing_in_a_locked_repository_changes(repository: Repository) -> None:
    layer = push_blob(repository.client, repository.name, b"1")
    repository.set(writeEnabled=False)
    assert refused(repository.push("3", b"3")) == DISALLOWED
    assert refused(repository.client.delete(repository.url("1"))) == DISALLOWED
    assert refused(repository.client.delete(repository.url())) == DISALLOWED
    assert refused(repository.delete(repository.digests["1"])) == DISALLOWED
    blob = f"/v2/{repository.name}/blobs/{layer}"
    assert refused(repository.client.delete(blob)) == DISALLOWED
    assert repository.pull("1").status_code == 200


@EACH
@pytest.mark.parametrize("flag", ["writeEnabled", "deleteEnabled"])
def test_a_repository_with_anything_locked_in_it_is_not_deleted(
    repository: Repository, kind: str, flag: str
) -> None:
    repository.set(repository.one(kind), **{flag: False})
    assert refused(repository.client.delete(repository.url())) == DISALLOWED
    repository.set(repository.one(kind), **{flag: True})
    assert repository.client.delete(repository.url()).status_code == 202


@pytest.mark.parametrize(
    ("kind", "left"),
    [("repository", set()), ("tag", {"2", "sha"}), ("manifest", {"2"})],
    ids=KINDS,
)
def test_what_may_not_be_read_is_not_pulled(
    repository: Repository, kind: str, left: set[str]
) -> None:
    repository.set(repository.one(kind), readEnabled=False)
    for name in ("1", "2", "sha"):
        answer = repository.pull(repository.digests["1"] if name == "sha" else name)
        if name in left:
            assert answer.status_code == 200
        else:
            assert refused(answer) == DISALLOWED
    layer = repository.client.get(f"/v2/{repository.name}/blobs/{digest(b'1')}")
    assert layer.status_code == (200 if left else 405)


def test_what_may_not_be_listed_is_found_by_its_name_only(
    repository: Repository,
) -> None:
    client, name, sha = repository.client, repository.name, repository.digests["1"]
    for what in ("", "1", sha):
        repository.set(what, listEnabled=False)
    for catalog in ("/v2/_catalog", "/acr/v1/_catalog"):
        assert name not in (got(client.get(catalog))["repositories"] or [])
    assert got(client.get(f"/v2/{name}/tags/list"))["tags"] == ["2"]
    tags = got(client.get(f"{repository.url()}/_tags"))["tags"]
    assert [one["name"] for one in tags] == ["2"]
    rows = got(client.get(f"{repository.url()}/_manifests"))["manifests"]
    assert [one["digest"] for one in rows] == [repository.digests["2"]]
    assert repository.pull("1").status_code == 200
    assert repository.flags("1") == {**OPEN, "listEnabled": False}


@EACH
def test_what_is_made_again_has_no_old_attributes(
    repository: Repository, kind: str
) -> None:
    """They would lock a tag that nobody locked."""
    what = repository.one(kind)
    repository.set(what, listEnabled=False, readEnabled=False)
    for sha in repository.digests.values():
        assert repository.delete(sha).status_code == 202
    assert repository.push("1", b"1").status_code == 201
    assert repository.flags(what) == OPEN
    assert repository.pull("1").status_code == 200


def test_a_registry_that_is_made_again_has_no_old_attributes(shop: Shop) -> None:
    made: Registry = shop.make()
    for _ in range(2):
        with made.http(made.token(f"repository:app:{ALL}")) as client:
            push(client, "app", "1")
            assert flags(client.get("/acr/v1/app")) == OPEN
            got(client.patch("/acr/v1/app", json={"writeEnabled": False}))
        made.delete()
        got(shop.put(made.path))


def test_one_without_the_right_is_told_so_and_not_of_a_lock(
    registry: Registry, repository: Repository
) -> None:
    repository.set("1", writeEnabled=False, readEnabled=False)
    puller = registry.token(f"repository:{repository.name}:pull,metadata_read")
    stranger = registry.token("repository:locks/elsewhere:pull,push,delete")
    with registry.http(puller) as client:
        assert client.patch(repository.url("1"), json={}).status_code == 401
        url = f"/v2/{repository.name}/manifests/1"
        assert client.put(url, content=b"{}").status_code == 401
    with registry.http(stranger) as client:
        assert pull(client, repository.name, "1").status_code == 401


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"writeEnabled": "no"}', "[" * 10_000, "\xff"]
)
def test_a_body_that_sets_no_attributes_is_refused(
    repository: Repository, body: str
) -> None:
    answer = repository.client.patch(repository.url("1"), content=body.encode("latin1"))
    assert refused(answer) == (400, "INVALID_REQUEST")
    assert repository.flags("1") == OPEN


def test_attributes_of_what_is_not_there_are_not_set(repository: Repository) -> None:
    absent = digest(b"absent")
    assert refused(repository.set("9", readEnabled=False)) == (404, "TAG_UNKNOWN")
    assert refused(repository.set(absent)) == (404, "MANIFEST_UNKNOWN")
    assert repository.push("9", b"9").status_code == 201
    assert repository.flags("9") == OPEN
