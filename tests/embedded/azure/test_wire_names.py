"""Names, scopes and filters from anywhere: refused, or taken exactly as they are."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from embedded.azure.authorization.roles import ROLES

Azure = Any
GROUPS = {"api-version": "2021-04-01"}
ROLE_VERSION = {"api-version": "2022-04-01"}
LOCKS = {"api-version": "2020-05-01"}
REGISTRY = "Microsoft.ContainerRegistry/registries"
IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
GROUP_OF_CONTAINERS = "Microsoft.ContainerInstance/containerGroups"
VERSIONS = {
    REGISTRY: "2023-07-01",
    IDENTITY: "2023-01-31",
    GROUP_OF_CONTAINERS: "2023-05-01",
}
AUTHORIZATION = "providers/Microsoft.Authorization"
#: Slow machines and shared fixtures are no faults.
CALM = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
BAD_NAMES = [
    "..",
    ".",
    "a/../b",
    "../../other",
    "a/b",
    "a%2fb",
    "a\x00b",
    "a\nb",
    "a\x7fb",
    "a\x85b",
    "x" * 300,
    "a?b",
    "a#b",
    "a b\t",
    "\u202eevil",
    "\U0001f4a9",
    "' or '1'='1",
    "a;drop table documents",
    "%00",
]


@pytest.fixture(scope="module")
def group(azure: Azure) -> Iterator[str]:
    """The id of a resource group."""
    path = f"{azure.subscription}/resourceGroups/names"
    with azure.arm() as client:
        client.put(path, params=GROUPS, json={"location": "westeurope"})
        yield path


def refused(answer: httpx.Response) -> str:
    """ARM's code; the status is a 4xx."""
    assert 400 <= answer.status_code < 500, (answer.request.url, answer.text)
    error = answer.json()["error"]
    assert error["message"]
    return str(error["code"])


def below(client: httpx.Client, group: str) -> list[str]:
    """The names of what is in a group."""
    rows = client.get(f"{group}/resources", params=GROUPS).json()["value"]
    return [row["name"] for row in rows]


@pytest.mark.parametrize("name", BAD_NAMES)
@pytest.mark.parametrize("kind", [REGISTRY, IDENTITY, GROUP_OF_CONTAINERS])
def test_a_name_that_no_resource_can_have(
    client: httpx.Client, azure: Azure, group: str, kind: str, name: str
) -> None:
    url = f"{azure.url}{group}/providers/{kind}/{quote(name, safe='')}"
    version = {"api-version": VERSIONS[kind]}
    body = {"location": "westeurope", "sku": {"name": "Basic"}, "properties": {}}
    before = below(client, group)
    refused(client.put(url, params=version, json=body))
    assert below(client, group) == before


@pytest.mark.parametrize("name", [one for one in BAD_NAMES if one != "\U0001f4a9"])
def test_a_name_that_no_group_can_have(
    client: httpx.Client, azure: Azure, name: str
) -> None:
    many = f"{azure.subscription}/resourceGroups"
    before = client.get(many, params=GROUPS).json()
    url = f"{azure.url}{many}/{quote(name, safe='')}"
    refused(client.put(url, params=GROUPS, json={"location": "westeurope"}))
    assert client.get(many, params=GROUPS).json() == before


@given(name=st.text(min_size=1, max_size=100))
@example("\u0130")  # longer in lower case
@example("ß")
@CALM
def test_a_group_has_the_name_that_it_was_given_or_none(
    client: httpx.Client, azure: Azure, name: str
) -> None:
    encoded = quote(name.encode("utf-8", "replace").decode(), safe="")
    url = f"{azure.url}{azure.subscription}/resourceGroups/{encoded}"
    answer = client.put(url, params=GROUPS, json={"location": "westeurope"})
    if not answer.is_success:
        refused(answer)
        return
    assert answer.json()["name"].lower() == name.lower()
    assert client.get(url, params=GROUPS).json()["id"] == answer.json()["id"]
    assert client.delete(url, params=GROUPS).status_code == 202


SEGMENT = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["subscriptions", "resourceGroups", "names", "providers", "..", "", REGISTRY]
    ),
)


@given(segments=st.lists(SEGMENT, max_size=8), slashes=st.booleans())
@CALM
def test_a_role_or_a_lock_at_a_scope_that_is_none(
    client: httpx.Client, azure: Azure, segments: list[str], slashes: bool
) -> None:
    """``slashes``: whether those inside a segment go as they are."""
    safe = "/" if slashes else ""
    parts = [quote(s.encode("utf-8", "replace"), safe=safe) for s in segments]
    parts = [part.replace(".", "%2E") for part in parts]  # httpx resolves dots
    scope = "/".join([azure.subscription, "x", *parts])
    role = {
        "principalId": str(uuid.uuid4()),
        "principalType": "ServicePrincipal",
        "roleDefinitionId": f"/{AUTHORIZATION}/roleDefinitions/{ROLES[1].id}",
    }
    base = f"{azure.url}{scope}/{AUTHORIZATION}"
    name = uuid.uuid4()
    for url, version, body in (
        (f"{base}/roleAssignments/{name}", ROLE_VERSION, role),
        (f"{base}/locks/{name}", LOCKS, {"level": "ReadOnly"}),
    ):
        refused(client.put(url, params=version, json={"properties": body}))
        assert client.get(url, params=version).status_code in (400, 404)
        assert client.delete(url, params=version).status_code in (200, 204, 400, 404)


@given(text=st.text(min_size=1, max_size=60))
@example("principalId eq '")
@example("principalId eq ''")
@example("assignedTo('')")
@example("name eq 'a' and " * 500 + "name eq 'a'")
@example("roleName eq '" + "a" * 5000 + "'")
@CALM
def test_a_filter_is_understood_or_refused(
    client: httpx.Client, azure: Azure, group: str, text: str
) -> None:
    query = {"$filter": text.encode("utf-8", "replace").decode()}
    for path, version in (
        (f"{group}/resources", GROUPS),
        (f"{group}/{AUTHORIZATION}/roleAssignments", ROLE_VERSION),
        (f"{group}/{AUTHORIZATION}/roleDefinitions", ROLE_VERSION),
    ):
        answer = client.get(f"{azure.url}{path}", params={**version, **query})
        if answer.is_success:
            assert isinstance(answer.json()["value"], list)
        else:
            refused(answer)
