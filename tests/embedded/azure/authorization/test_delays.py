"""What takes a while in Azure can take a while here: it is asked for by option."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

Azure = Any
Json = dict[str, Any]
GROUPS = {"api-version": "2021-04-01"}
LOCKS = {"api-version": "2020-05-01"}
IDENTITIES = {"api-version": "2023-01-31"}
ROLES = {"api-version": "2022-04-01"}
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
#: Long enough for what is refused meanwhile, on a busy machine too.
DELAY = 3.0


@pytest.fixture(scope="module")
def slow(start_azure: Callable[..., Azure]) -> Azure:
    return start_azure(principal_delay=DELAY, lock_delay=DELAY)


@pytest.fixture
def client(slow: Azure) -> Iterator[httpx.Client]:
    with slow.arm() as made:
        yield made


@pytest.fixture
def group(slow: Azure, client: httpx.Client) -> str:
    path = f"{slow.subscription}/resourceGroups/rg-{uuid.uuid4().hex[:8]}"
    client.put(path, params=GROUPS, json={"location": "westeurope"}).raise_for_status()
    return path


def identity(client: httpx.Client, group: str) -> Json:
    kind = "Microsoft.ManagedIdentity/userAssignedIdentities"
    path = f"{group}/providers/{kind}/me1"
    made = client.put(path, params=IDENTITIES, json={"location": "westeurope"})
    found: Json = made.raise_for_status().json()
    return found


def assign(client: httpx.Client, group: str, principal: str) -> httpx.Response:
    kind = "Microsoft.Authorization/roleAssignments"
    root = "/".join(group.split("/")[:3])
    definition = f"{root}/providers/Microsoft.Authorization/roleDefinitions/{READER}"
    properties = {
        "principalId": principal,
        "principalType": "ServicePrincipal",
        "roleDefinitionId": definition,
    }
    path = f"{group}/providers/{kind}/{uuid.uuid4()}"
    return client.put(path, params=ROLES, json={"properties": properties})


def code(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


def until(attempt: Callable[[], httpx.Response]) -> httpx.Response:
    """The first answer that is no refusal; at most some seconds after the delay."""
    end = time.monotonic() + DELAY + 10
    while True:
        answer = attempt()
        if answer.is_success or time.monotonic() > end:
            return answer
        time.sleep(0.1)


def test_a_new_identity_gets_a_role_after_a_while(
    client: httpx.Client, group: str
) -> None:
    principal = identity(client, group)["properties"]["principalId"]
    refused = assign(client, group, principal)
    assert (refused.status_code, code(refused)) == (400, "PrincipalNotFound")
    assert until(lambda: assign(client, group, principal)).status_code == 201


def test_a_principal_of_elsewhere_gets_a_role_at_once(
    client: httpx.Client, group: str
) -> None:
    assert assign(client, group, str(uuid.uuid4())).status_code == 201


def test_a_deleted_lock_is_gone_and_counts_for_a_while(
    client: httpx.Client, group: str
) -> None:
    made = identity(client, group)["id"]
    lock = f"{group}/providers/Microsoft.Authorization/locks/keep"
    body = {"properties": {"level": "CanNotDelete"}}
    client.put(lock, params=LOCKS, json=body).raise_for_status()
    assert client.delete(lock, params=LOCKS).status_code == 200
    assert client.get(lock, params=LOCKS).status_code == 404
    for path, version in ((made, IDENTITIES), (group, GROUPS)):
        refused = client.delete(path, params=version)
        assert (refused.status_code, code(refused)) == (409, "ScopeLocked")
    assert identity(client, group)["id"] == made  # it forbids no change
    done = until(lambda: client.delete(made, params=IDENTITIES))
    assert done.status_code == 200


def test_a_lock_counts_nowhere_else(client: httpx.Client, group: str) -> None:
    made = identity(client, group)["id"]
    lock = f"{made}/providers/Microsoft.Authorization/locks/keep"
    body = {"properties": {"level": "ReadOnly"}}
    client.put(lock, params=LOCKS, json=body).raise_for_status()
    client.delete(lock, params=LOCKS).raise_for_status()
    refused = client.put(made, params=IDENTITIES, json={"location": "westeurope"})
    assert code(refused) == "ScopeLocked"
    client.patch(group, params=GROUPS, json={"tags": {"a": "b"}}).raise_for_status()
    assert code(client.delete(group, params=GROUPS)) == "ScopeLocked"
    done = until(lambda: client.delete(group, params=GROUPS))
    assert done.status_code == 202
