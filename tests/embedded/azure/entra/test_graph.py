"""Microsoft Graph: names of principals, for clients that show role assignments."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

Azure = Any
GROUPS = {"api-version": "2021-04-01"}
IDENTITY = {"api-version": "2025-05-31-preview"}


@pytest.fixture
def graph(azure: Azure) -> Iterator[httpx.Client]:
    """Signed in for Graph, where the metadata says that Graph is."""
    with azure.http() as client:
        known = client.get(f"{azure.url}/metadata/endpoints").json()
    base = known["microsoftGraphResourceId"]
    headers = {"Authorization": f"Bearer {azure.token(base)}"}
    with azure.http(base_url=f"{base}v1.0", headers=headers) as made:
        yield made


@pytest.fixture
def identity(client: httpx.Client, azure: Azure) -> Iterator[dict[str, str]]:
    """``principalId`` and ``clientId`` of an identity, whose ``name`` is its own."""
    group = f"{azure.subscription}/resourceGroups/rg-graph"
    client.put(group, params=GROUPS, json={"location": "westeurope"})
    kind = "Microsoft.ManagedIdentity/userAssignedIdentities"
    name = f"seen-{uuid.uuid4().hex[:8]}"
    path = f"{group}/providers/{kind}/{name}"
    made = client.put(path, params=IDENTITY, json={"location": "westeurope"})
    yield {**made.json()["properties"], "name": name, "capitals": name.upper()}
    client.delete(path, params=IDENTITY)


def principals(graph: httpx.Client, filter_: str) -> list[dict[str, Any]]:
    answer = graph.get("/servicePrincipals", params={"$filter": filter_})
    found: list[dict[str, Any]] = answer.raise_for_status().json()["value"]
    return found


def test_object_ids_are_resolved_and_unknown_ones_left_out(
    graph: httpx.Client, identity: dict[str, str]
) -> None:
    ids = [identity["principalId"], "00000000-0000-0000-0000-000000000001"]
    body = {"ids": ids, "types": ["servicePrincipal"]}
    [found] = graph.post("/directoryObjects/getByIds", json=body).json()["value"]
    assert found["@odata.type"] == "#microsoft.graph.servicePrincipal"
    assert found["displayName"] == identity["name"]
    assert found["servicePrincipalNames"] == [identity["clientId"]]
    assert found["servicePrincipalType"] == "ManagedIdentity"


@pytest.mark.parametrize(
    "filter_",
    [
        "servicePrincipalNames/any(c:c eq '{clientId}')",
        "appId eq '{clientId}'",
        "id eq '{principalId}'",
        "displayName eq '{capitals}'",
        "startswith(displayName,'{name}')",
    ],
)
def test_a_filter_finds_the_one_that_it_means(
    graph: httpx.Client, identity: dict[str, str], filter_: str
) -> None:
    [found] = principals(graph, filter_.format_map(identity))
    assert found["id"] == identity["principalId"]


def test_without_a_filter_the_application_is_listed_too(
    graph: httpx.Client, identity: dict[str, str], azure: Azure
) -> None:
    rows = {one["appId"]: one["servicePrincipalType"] for one in principals(graph, "")}
    assert rows[azure.connection["clientId"]] == "Application"
    assert rows[identity["clientId"]] == "ManagedIdentity"


def test_one_is_read_by_its_object_id(
    graph: httpx.Client, identity: dict[str, str]
) -> None:
    one = f"/servicePrincipals/{identity['principalId']}"
    assert graph.get(one).json()["appId"] == identity["clientId"]
    gone = graph.get("/servicePrincipals/nobody")
    assert gone.status_code == 404
    assert gone.json()["error"]["code"] == "Request_ResourceNotFound"


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/servicePrincipals?$filter=size gt 3", "Request_UnsupportedQuery"),
        ("POST", "/directoryObjects/getByIds", "Request_BadRequest"),
        ("POST", "/applications", "BadRequest"),
        ("GET", "/me", "BadRequest"),
    ],
)
def test_what_is_not_offered_is_refused_in_graphs_form(
    graph: httpx.Client, method: str, path: str, code: str
) -> None:
    answer = graph.request(method, path, json=[])
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == code


def test_a_list_of_too_many_ids_is_refused(graph: httpx.Client) -> None:
    for ids in (["x"] * 1001, ["x" * 70_000], "x"):
        answer = graph.post("/directoryObjects/getByIds", json={"ids": ids})
        assert answer.json()["error"]["code"] == "Request_BadRequest"


def test_a_token_for_arm_opens_no_directory(client: httpx.Client) -> None:
    path = "/graph/v1.0/servicePrincipals"
    assert client.get(path).status_code == 401
    assert client.get(path, headers={"Authorization": ""}).status_code == 401
