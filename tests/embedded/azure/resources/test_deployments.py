"""What a deployment's validation says, which deploys nothing."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

Azure = Any
Json = dict[str, Any]
V = {"api-version": "2024-03-01"}
GROUP = "Microsoft.ContainerInstance/containerGroups"
CONTAINER: Json = {
    "name": "web",
    "properties": {
        "image": "localhost:1/web:1",
        "resources": {"requests": {"cpu": 1, "memoryInGB": 1}},
    },
}


@pytest.fixture
def group(client: httpx.Client, azure: Azure) -> str:
    path = f"{azure.subscription}/resourceGroups/rg-validated"
    client.put(path, params=V, json={"location": "westeurope"})
    return path


def resource(name: str = "web", **properties: Any) -> Json:
    made = {"osType": "Linux", "containers": [CONTAINER], **properties}
    place = {"location": "westeurope", "apiVersion": "2024-05-01-preview"}
    return {"type": GROUP, "name": name, **place, "properties": made}


def validate(client: httpx.Client, group: str, *resources: Any) -> httpx.Response:
    template = {"contentVersion": "1.0.0.0", "resources": list(resources)}
    body = {"properties": {"mode": "Incremental", "template": template}}
    path = f"{group}/providers/Microsoft.Resources/deployments/one/validate"
    return client.post(path, params=V, json=body)


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["code"] == "InvalidTemplateDeployment"
    return [(one["code"], one["message"]) for one in error["details"]]


def test_what_could_be_made_is_valid_and_is_not_made(
    client: httpx.Client, group: str
) -> None:
    answer = validate(client, group, resource())
    assert answer.status_code == 200, answer.text
    values = answer.json()["properties"]
    (one,) = values["validatedResources"]
    assert one["id"] == f"{group}/providers/{GROUP}/web"
    assert client.get(f"{group}/resources", params=V).json()["value"] == []


def test_each_resource_that_would_be_refused_is_told(
    client: httpx.Client, group: str
) -> None:
    rows = [resource(sku="Dedicated"), resource(), resource("no_name")]
    told = faults(validate(client, group, *rows))
    assert [code for code, _ in told] == ["FeatureNotSupported", "InvalidResourceName"]
    assert "use 'Standard'" in told[0][1]


def test_a_namespace_that_is_none_is_told(client: httpx.Client, group: str) -> None:
    wrong = {"type": "Microsoft.Nothing/things", "name": "one"}
    [(code, _)] = faults(validate(client, group, wrong))
    assert code == "InvalidResourceNamespace"


def test_a_bracket_is_an_expression_and_two_are_one(
    client: httpx.Client, group: str
) -> None:
    answer = validate(client, group, resource(sku="[parameters('sku')]"))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "InvalidTemplate")
    assert "parameters" in error["message"]
    [(_, message)] = faults(validate(client, group, resource(sku="[[none]")))
    assert "sku [none]" in message


@pytest.mark.parametrize(
    "wrong",
    [
        7,
        {},
        {"type": GROUP},
        {"type": "Microsoft.X", "name": "one"},
        {"type": GROUP, "name": "one/two"},
        {"type": f"{GROUP}/inner", "name": "one"},
        {"type": GROUP, "name": ["one"]},
    ],
)
def test_what_is_no_resource_is_told(
    client: httpx.Client, group: str, wrong: Any
) -> None:
    answer = validate(client, group, wrong)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "InvalidTemplate"


@pytest.mark.parametrize(
    "body", [{}, {"properties": {"template": 1}}, {"properties": {}}]
)
def test_a_body_without_a_template_is_told(
    client: httpx.Client, group: str, body: Json
) -> None:
    path = f"{group}/providers/Microsoft.Resources/deployments/one/validate"
    answer = client.post(path, params=V, json=body)
    assert answer.json()["error"]["code"] == "InvalidTemplate"


def test_a_group_that_is_not_there_is_told(client: httpx.Client, azure: Azure) -> None:
    nowhere = f"{azure.subscription}/resourceGroups/rg-nowhere"
    answer = validate(client, nowhere, resource())
    assert answer.json()["error"]["code"] == "ResourceGroupNotFound"
