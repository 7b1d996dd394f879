"""Resource groups, and what hangs on them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

Azure = Any
V = {"api-version": "2021-04-01"}
IDENTITY = {"api-version": "2023-01-31"}


def path(azure: Azure, name: str) -> str:
    return f"{azure.subscription}/resourceGroups/{name}"


def wait(client: httpx.Client, answer: httpx.Response) -> None:
    assert answer.status_code == 202
    while client.get(answer.headers["Location"]).status_code == 202:
        pass


def test_a_group_is_created_read_listed_and_deleted(
    client: httpx.Client, azure: Azure
) -> None:
    one = path(azure, "rg-life")
    made = client.put(
        one, params=V, json={"location": "West Europe", "tags": {"a": "b"}}
    )
    assert made.status_code == 201
    assert made.json()["location"] == "westeurope"
    assert client.put(one, params=V, json={"location": "westeurope"}).status_code == 200
    assert client.get(one.upper(), params=V).json()["name"] == "rg-life"
    assert client.head(one, params=V).status_code == 204
    listed = client.get(f"{azure.subscription}/resourcegroups", params=V).json()
    assert "rg-life" in [group["name"] for group in listed["value"]]
    wait(client, client.delete(one, params=V))
    gone = client.get(one, params=V)
    assert gone.json()["error"]["code"] == "ResourceGroupNotFound"
    assert client.head(one, params=V).status_code == 404


def test_deleting_a_group_deletes_what_is_in_it(
    client: httpx.Client, azure: Azure
) -> None:
    one = path(azure, "rg-full")
    client.put(one, params=V, json={"location": "westeurope"})
    kind = "Microsoft.ManagedIdentity/userAssignedIdentities"
    identity = f"{one}/providers/{kind}/inside"
    client.put(identity, params=IDENTITY, json={"location": "westeurope"})
    rows = client.get(f"{one}/resources", params=V).json()["value"]
    assert [row["name"] for row in rows] == ["inside"]
    wait(client, client.delete(one, params=V))
    client.put(one, params=V, json={"location": "westeurope"})
    assert client.get(identity, params=IDENTITY).status_code == 404


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("ends.", {"location": "westeurope"}, "InvalidResourceGroupName"),
        ("x" * 91, {"location": "westeurope"}, "InvalidResourceGroupName"),
        ("fine", {}, "LocationRequired"),
        ("fine", {"location": 7}, "InvalidRequestContent"),
        ("fine", {"location": "!"}, "LocationNotAvailableForResourceGroup"),
        ("fine", {"location": "eastus", "tags": {"a": 1}}, "InvalidRequestContent"),
    ],
)
def test_a_bad_group_is_refused(
    client: httpx.Client, azure: Azure, name: str, body: Any, expected: str
) -> None:
    answer = client.put(path(azure, name), params=V, json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == expected


def test_a_group_cannot_be_moved(client: httpx.Client, azure: Azure) -> None:
    one = path(azure, "rg-still")
    client.put(one, params=V, json={"location": "westeurope"})
    answer = client.put(one, params=V, json={"location": "eastus"})
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "InvalidResourceGroupLocation"


def test_a_resource_needs_its_group(client: httpx.Client, azure: Azure) -> None:
    kind = "Microsoft.ManagedIdentity/userAssignedIdentities"
    one = f"{path(azure, 'rg-none')}/providers/{kind}/lost"
    answer = client.put(one, params=IDENTITY, json={"location": "westeurope"})
    assert answer.json()["error"]["code"] == "ResourceGroupNotFound"


def test_resources_are_found_by_type_and_name(
    client: httpx.Client, azure: Azure
) -> None:
    one = path(azure, "rg-find")
    client.put(one, params=V, json={"location": "westeurope"})
    kind = "Microsoft.ManagedIdentity/userAssignedIdentities"
    for name in ("first", "second"):
        url = f"{one}/providers/{kind}/{name}"
        client.put(url, params=IDENTITY, json={"location": "westeurope"})
    query = {**V, "$filter": f"resourceType eq '{kind}' and name eq 'second'"}
    rows = client.get(f"{azure.subscription}/resources", params=query).json()["value"]
    assert [row["name"] for row in rows] == ["second"]
    wrong = client.get(
        f"{azure.subscription}/resources", params={**V, "$filter": "size gt 3"}
    )
    assert wrong.json()["error"]["code"] == "InvalidFilterInQueryString"


def test_the_list_of_resources_has_no_role_assignments(
    client: httpx.Client, azure: Azure
) -> None:
    everything = client.get(f"{azure.subscription}/resources", params=V).json()
    kinds = {row["type"].split("/")[0] for row in everything["value"]}
    assert "Microsoft.Authorization" not in kinds


def test_resources_and_groups_are_found_as_az_asks_for_them(
    client: httpx.Client, azure: Azure
) -> None:
    one, other = path(azure, "rg-tagged"), path(azure, "rg-other")
    body = {"location": "westeurope", "tags": {"Stage": "Trial"}}
    client.put(one, params=V, json=body)
    client.put(other, params=V, json={"location": "westeurope"})
    kind = "Microsoft.ManagedIdentity/userAssignedIdentities"
    for group, tags in ((one, {"team": "a"}), (other, {"team": "b"})):
        url = f"{group}/providers/{kind}/within"
        client.put(url, params=IDENTITY, json={**body, "tags": tags})

    def found(kind: str, filter_: str) -> list[str]:
        answer = client.get(
            f"{azure.subscription}/{kind}", params={**V, "$filter": filter_}
        )
        return [row["id"].split("/")[4] for row in answer.json()["value"]]

    assert found("resources", "resourceGroup eq 'RG-Other'") == ["rg-other"]
    assert found("resources", "tagName eq 'TEAM' and tagValue eq 'a'") == ["rg-tagged"]
    assert found("resourcegroups", "tagname eq 'stage'") == ["rg-tagged"]
    assert found("resourcegroups", "tagName eq 'stage' and tagValue eq 'x'") == []
    assert found("resourcegroups", "tagValue eq 'trial'") == ["rg-tagged"]


def test_the_subscription_and_its_providers_can_be_read(
    client: httpx.Client, azure: Azure
) -> None:
    rows = client.get("/subscriptions", params=V).json()["value"]
    assert [f"/subscriptions/{row['subscriptionId']}" for row in rows] == [
        azure.subscription
    ]
    base = f"{azure.subscription}/providers"
    one = client.get(f"{base}/microsoft.containerregistry", params=V).json()
    assert one["registrationState"] == "Registered"
    assert client.get(f"{base}/Microsoft.Nothing", params=V).status_code == 404
