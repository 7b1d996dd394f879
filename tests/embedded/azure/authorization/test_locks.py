"""Locks forbid what they say, to everybody, at their scope and below."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

Azure = Any
Json = dict[str, Any]
GROUPS = {"api-version": "2021-04-01"}
LOCKS = {"api-version": "2020-05-01"}
IDENTITIES = {"api-version": "2023-01-31"}


@pytest.fixture
def group(azure: Azure, client: httpx.Client) -> str:
    path = f"{azure.subscription}/resourceGroups/rg-{uuid.uuid4().hex[:8]}"
    client.put(path, params=GROUPS, json={"location": "westeurope"}).raise_for_status()
    return path


@pytest.fixture
def identity(client: httpx.Client, group: str) -> str:
    kind = "Microsoft.ManagedIdentity/userAssignedIdentities"
    path = f"{group}/providers/{kind}/me1"
    assert write(client, path).is_success
    return path


def write(client: httpx.Client, path: str) -> httpx.Response:
    return client.put(path, params=IDENTITIES, json={"location": "westeurope"})


def lock(scope: str) -> str:
    return f"{scope}/providers/Microsoft.Authorization/locks/keep"


def put(client: httpx.Client, scope: str, level: str) -> httpx.Response:
    body = {"properties": {"level": level, "notes": "why"}}
    return client.put(lock(scope), params=LOCKS, json=body)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def unlock(client: httpx.Client, scope: str) -> int:
    return client.delete(lock(scope), params=LOCKS).status_code


def test_a_lock_is_made_read_and_taken_off(client: httpx.Client, identity: str) -> None:
    assert put(client, identity, "CanNotDelete").status_code == 201
    assert put(client, identity, "CanNotDelete").status_code == 200
    found = client.get(lock(identity), params=LOCKS).json()
    assert found["properties"] == {"level": "CanNotDelete", "notes": "why"}
    many = client.get(lock(identity).rpartition("/")[0], params=LOCKS).json()
    assert [one["name"] for one in many["value"]] == ["keep"]
    assert unlock(client, identity) == 200
    assert unlock(client, identity) == 204
    assert code(client.get(lock(identity), params=LOCKS)) == (404, "LockNotFound")


def test_what_cannot_be_deleted_can_be_changed(
    client: httpx.Client, identity: str
) -> None:
    put(client, identity, "CanNotDelete")
    answer = client.delete(identity, params=IDENTITIES)
    assert code(answer) == (409, "ScopeLocked")
    assert identity in answer.json()["error"]["message"]
    assert write(client, identity).is_success
    unlock(client, identity)
    assert client.delete(identity, params=IDENTITIES).is_success


def test_what_is_read_only_can_only_be_read(
    client: httpx.Client, identity: str
) -> None:
    put(client, identity, "ReadOnly")
    assert code(write(client, identity)) == (409, "ScopeLocked")
    assert client.get(identity, params=IDENTITIES).is_success
    unlock(client, identity)
    assert write(client, identity).is_success


def test_a_lock_of_a_group_counts_for_all_in_it(
    client: httpx.Client, group: str, identity: str
) -> None:
    put(client, group, "CanNotDelete")
    assert code(client.delete(identity, params=IDENTITIES)) == (409, "ScopeLocked")
    unlock(client, group)
    assert client.delete(identity, params=IDENTITIES).is_success


def test_a_group_with_something_locked_in_it_stays(
    client: httpx.Client, group: str, identity: str
) -> None:
    put(client, identity, "CanNotDelete")
    assert code(client.delete(group, params=GROUPS)) == (409, "ScopeLocked")
    unlock(client, identity)


@pytest.mark.parametrize("level", ["", "None", None])
def test_a_lock_has_one_of_two_levels(
    client: httpx.Client, identity: str, level: Any
) -> None:
    assert code(put(client, identity, level)) == (400, "InvalidRequestContent")


def test_nothing_locks_what_is_not_there(client: httpx.Client, group: str) -> None:
    assert put(client, f"{group}/providers/Microsoft.X/ys/z", "ReadOnly").is_error
