"""Tokens sign in at the front, and open what their scope map says."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded.azure.registry.children.kinds import covers
from tests.embedded.azure.registry.child import Child, made
from tests.embedded.azure.registry.registry import (
    NULL_GUID,
    Registry,
    access,
    got,
    granted,
    pull,
    push,
    refused,
)

Shop = Any
ALL = "pull,push,delete,metadata_read,metadata_write"


@pytest.fixture
def store(shop: Shop) -> Registry:
    found: Registry = shop.make()
    return found


def make_token(registry: Registry, *rights: str) -> Child:
    scope_map = made(
        registry, "scopeMaps", "our-map", actions=[f"repositories/{r}" for r in rights]
    )
    return made(registry, "tokens", "puller", scopeMapId=scope_map.path)


def password(token: Child, **more: Any) -> str:
    body = got(token.registry.post("generateCredentials", tokenId=token.path, **more))
    assert body["username"] == token.name
    secret = str(next(one["value"] for one in body["passwords"] if "value" in one))
    assert secret.isalnum()
    return secret


def rights(token: Child, secret: str, repository: str) -> list[str]:
    """What the token opens of all that can be asked of a repository."""
    scope = f"repository:{repository}:{ALL}"
    answer = token.registry.sign_in(token.name, secret, scope)
    return granted(access(answer)).get(repository, [])


def test_a_token_pulls_what_its_scope_map_has_and_nothing_else(store: Registry) -> None:
    with store.pusher("app") as client:
        push(client, "app", "1")
    with store.pusher("other") as client:
        push(client, "other", "1")
    token = make_token(store, "app/content/read")
    secret = password(token)
    scopes = ["repository:app:pull,push", "repository:other:pull"]
    opened = access(store.sign_in(token.name, secret, *scopes))
    with store.http(opened) as client:
        assert pull(client, "app", "1").status_code == 200
        assert pull(client, "other", "1").status_code == 401
        assert client.post("/v2/app/blobs/uploads/").status_code == 401


def test_nobody_lists_the_catalog_with_a_token(store: Registry) -> None:
    token = make_token(store, "*/content/read", "*/metadata/read")
    answer = store.sign_in(token.name, password(token), "registry:catalog:*")
    assert granted(access(answer)) == {}


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        ("content/read", ["pull"]),
        ("content/write", ["push"]),
        ("content/delete", ["delete"]),
        ("metadata/read", ["metadata_read"]),
        ("metadata/write", ["metadata_write"]),
    ],
)
def test_each_right_of_a_scope_map_is_one_action(
    store: Registry, right: str, expected: list[str]
) -> None:
    token = make_token(store, f"app/{right}")
    assert rights(token, password(token), "app") == expected


def test_a_change_of_the_scope_map_counts_at_the_next_sign_in(store: Registry) -> None:
    token = make_token(store, "app/content/read")
    secret = password(token)
    scope_map = Child(store, "scopeMaps", "our-map")
    got(scope_map.patch(actions=["repositories/other/content/read"]))
    assert rights(token, secret, "app") == []
    assert rights(token, secret, "other") == ["pull"]


def test_a_disabled_token_is_refused_and_so_is_its_refresh_token(
    store: Registry,
) -> None:
    token = make_token(store, "app/content/read")
    secret = password(token)
    with store.http() as client:
        query = {"service": store.login_server, "offline_token": "true"}
        answer = client.get("/oauth2/token", params=query, auth=(token.name, secret))
    refresh = got(answer)["refresh_token"]
    assert store.sign_in(NULL_GUID, refresh).status_code == 200
    got(token.patch(status="disabled"))
    assert refused(store.sign_in(token.name, secret)) == (401, "UNAUTHORIZED")
    assert refused(store.sign_in(NULL_GUID, refresh)) == (401, "UNAUTHORIZED")


def test_a_new_password_ends_the_one_of_the_same_name_only(store: Registry) -> None:
    token = make_token(store, "app/content/read")
    first = password(token, name="password1")
    second = password(token, name="password2")
    third = password(token, name="password1")
    codes = [store.sign_in(token.name, p).status_code for p in (first, second, third)]
    assert codes == [401, 200, 200]


def test_an_expired_password_is_refused(store: Registry) -> None:
    token = make_token(store, "app/content/read")
    soon = datetime.now(UTC) + timedelta(seconds=1)
    secret = password(token, name="password1", expiry=soon.isoformat())
    assert store.sign_in(token.name, secret).status_code == 200
    time.sleep(max(0.0, (soon - datetime.now(UTC)).total_seconds()))
    assert store.sign_in(token.name, secret).status_code == 401


def test_a_password_is_told_once_and_never_kept(store: Registry) -> None:
    token = make_token(store, "app/content/read")
    secret = password(token)
    rows = got(token.get())["properties"]["credentials"]["passwords"]
    assert [one["name"] for one in rows] == ["password1", "password2"]
    assert all("value" not in one for one in rows)
    for file in store.azure.home.glob("azure.sqlite*"):
        assert secret.encode() not in file.read_bytes()


@pytest.mark.parametrize("name", ["", "a/../b", "puller/", "none-such", "' or 1=1"])
def test_what_is_no_token_is_refused(store: Registry, name: str) -> None:
    assert store.sign_in(name, "x").status_code == 401


def test_credentials_of_a_token_that_is_not_there_are_refused(
    store: Registry, other: Registry
) -> None:
    for path in (f"{store.path}/tokens/none-such", f"{other.path}/tokens/x", "x"):
        answer = store.post("generateCredentials", tokenId=path)
        assert refused(answer) == (404, "TokenNotFound")


PARTS = st.text("ab", min_size=1, max_size=2)


@given(st.lists(PARTS, min_size=1, max_size=3), st.lists(PARTS, min_size=1, max_size=3))
def test_a_star_covers_what_is_below_and_a_name_covers_itself(
    map_: list[str], asked: list[str]
) -> None:
    name, repository = "/".join(map_), "/".join(asked)
    below = asked[: len(map_)] == map_ and len(asked) > len(map_)
    assert bool(covers(f"repositories/{name}/content/read", repository)) == (
        name == repository
    )
    assert bool(covers(f"repositories/{name}/*/content/read", repository)) == below
    assert covers("repositories/*/content/read", repository) == "content/read"
