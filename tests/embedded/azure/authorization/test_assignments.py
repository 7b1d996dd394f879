"""Role assignments are kept by Azure's rules, and they count."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from embedded.azure.authorization.roles import BY_ID

Azure = Any
V = {"api-version": "2022-04-01"}
GROUPS = {"api-version": "2021-04-01"}
IDENTITY = {"api-version": "2023-01-31"}
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"


@pytest.fixture
def group(client: httpx.Client, azure: Azure) -> str:
    path = f"{azure.subscription}/resourceGroups/rg-rbac"
    client.put(path, params=GROUPS, json={"location": "westeurope"})
    return path


@pytest.fixture
def principal(client: httpx.Client, group: str) -> str:
    kind = "Microsoft.ManagedIdentity/userAssignedIdentities"
    url = f"{group}/providers/{kind}/id-{uuid.uuid4().hex[:6]}"
    made = client.put(url, params=IDENTITY, json={"location": "westeurope"}).json()
    found: str = made["properties"]["principalId"]
    return found


def body(principal: str, role: str = PULL, **more: object) -> dict[str, Any]:
    definition = f"/providers/Microsoft.Authorization/roleDefinitions/{role}"
    properties = {"principalId": principal, "roleDefinitionId": definition}
    return {"properties": {**properties, **more}}


def url(scope: str, name: str | None = None) -> str:
    kind = "Microsoft.Authorization/roleAssignments"
    return f"{scope}/providers/{kind}/{name or uuid.uuid4()}"


def put(client: httpx.Client, path: str, content: Any) -> httpx.Response:
    return client.put(path, params=V, json=content)


def test_an_assignment_is_created_read_listed_and_deleted(
    client: httpx.Client, group: str, principal: str
) -> None:
    path = url(group)
    made = put(client, path, body(principal, principalType="ServicePrincipal"))
    assert made.status_code == 201
    assert made.json()["properties"]["scope"] == group
    assert put(client, path, body(principal)).status_code == 200
    query = {**V, "$filter": f"principalId eq '{principal}'"}
    many = f"{group}/providers/Microsoft.Authorization/roleAssignments"
    rows = client.get(many, params=query).json()["value"]
    assert [row["id"] for row in rows] == [path]
    assert client.delete(path, params=V).status_code == 200
    assert client.delete(path, params=V).status_code == 204
    assert client.get(path, params=V).status_code == 404


def test_the_same_assignment_under_another_name_exists_already(
    client: httpx.Client, group: str, principal: str
) -> None:
    put(client, url(group), body(principal))
    answer = put(client, url(group), body(principal))
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "RoleAssignmentExists"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"principalType": "User"}, "UnmatchedPrincipalType"),
        ({"principalId": str(uuid.uuid4())}, "PrincipalNotFound"),
        ({"principalId": "me"}, "InvalidPrincipalId"),
        ({"roleDefinitionId": "/x/nothing"}, "RoleDefinitionDoesNotExist"),
    ],
)
def test_a_bad_assignment_is_refused(
    client: httpx.Client,
    group: str,
    principal: str,
    changed: dict[str, str],
    expected: str,
) -> None:
    content = body(principal)
    content["properties"] |= changed
    answer = put(client, url(group), content)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == expected


def test_an_unknown_principal_with_its_type_set_is_taken(
    client: httpx.Client, group: str
) -> None:
    content = body(str(uuid.uuid4()), principalType="ServicePrincipal")
    assert put(client, url(group), content).status_code == 201


def test_the_name_of_an_assignment_is_a_guid(
    client: httpx.Client, group: str, principal: str
) -> None:
    answer = put(client, url(group, "mine"), body(principal))
    assert answer.json()["error"]["code"] == "InvalidRoleAssignmentId"


def test_a_principal_cannot_be_swapped(
    client: httpx.Client, group: str, principal: str
) -> None:
    path = url(group)
    put(client, path, body(principal))
    answer = put(client, path, body(principal, READER))
    assert answer.json()["error"]["code"] == "RoleAssignmentUpdateNotPermitted"


def test_definitions_are_found_by_their_name(
    client: httpx.Client, azure: Azure
) -> None:
    base = f"{azure.subscription}/providers/Microsoft.Authorization/roleDefinitions"
    query = {**V, "$filter": "roleName eq 'AcrPull'"}
    rows = client.get(base, params=query).json()["value"]
    assert [row["name"] for row in rows] == [PULL]
    assert client.get(f"{base}/{PULL}", params=V).status_code == 200
    assert client.get(f"{base}/{uuid.uuid4()}", params=V).status_code == 404


def test_a_contributor_may_do_all_but_assign_roles() -> None:
    role = BY_ID[CONTRIBUTOR]
    assert role.grants("Microsoft.ContainerRegistry/registries/write")
    assert not role.grants("Microsoft.Authorization/roleAssignments/write")


def test_a_puller_may_pull_and_nothing_else() -> None:
    role = BY_ID[PULL]
    base = "Microsoft.ContainerRegistry/registries"
    assert role.grants(f"{base}/pull/read")
    for other in ("push/write", "artifacts/delete", "metadata/write", "write"):
        assert not role.grants(f"{base}/{other}")


def test_assignments_go_with_their_scope(
    client: httpx.Client, azure: Azure, principal: str
) -> None:
    path = f"{azure.subscription}/resourceGroups/rg-rbac-gone"
    client.put(path, params=GROUPS, json={"location": "westeurope"})
    assignment = url(path)
    put(client, assignment, body(principal))
    answer = client.delete(path, params=GROUPS)
    while client.get(answer.headers["Location"]).status_code == 202:
        pass
    assert client.get(assignment, params=V).status_code == 404
