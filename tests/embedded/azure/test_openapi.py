"""The description that the local Azure gives of itself, and requests made from it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import requests
from jsonschema import Draft202012Validator

from tests.embedded.azure.campaign import EXAMPLES, failures, operations

Azure = Any
Json = dict[str, Any]
GROUPS = {"api-version": "2021-04-01"}
REGISTRIES = {"api-version": "2023-11-01-preview"}
LOCKS = {"api-version": "2020-05-01"}
REGISTRY = "providers/Microsoft.ContainerRegistry/registries"
#: What is there while requests are made; half of them are about it.
KNOWN = {
    "group": "known",
    "name": "knownregistry",
    "child": "knownchild",
    "namespace": "Microsoft.ContainerRegistry",
    "type": "registries",
    "resource": "knownregistry",
    "location": "westeurope",
}
CHILDREN: dict[str, Json] = {
    "webhooks": {"serviceUri": "http://127.0.0.1:9/", "actions": ["push"]},
    "scopeMaps": {"actions": ["repositories/app/content/read"]},
    "cacheRules": {"sourceRepository": "a.io/b", "targetRepository": "b"},
    "tasks": {"step": {"type": "EncodedTask"}},
}
#: Of a body that takes long to make up.
FEWER = EXAMPLES // 2
#: Nothing is looked for outside this machine.
NOWHERE = {
    "serviceUri": {"const": "http://127.0.0.1:9/"},
    "image": {"const": "localhost:1/nothing:1"},
}


@pytest.fixture
def description(client: httpx.Client) -> Json:
    found: Json = client.get("/openapi.json").raise_for_status().json()
    return found


def test_it_is_there_for_everybody_and_names_every_type(azure: Azure) -> None:
    with azure.http() as stranger:
        text = stranger.get(f"{azure.url}/openapi.json").raise_for_status().text
    for kind in ("resourceGroups", "registries/{name}/webhooks", "containerGroups"):
        assert kind in text


def test_the_schemas_in_it_are_schemas(description: Json) -> None:
    for _, _, operation in operations(description):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            Draft202012Validator.check_schema(content["schema"])


def test_each_operation_in_it_is_one(client: httpx.Client, description: Json) -> None:
    """With a version that is none ARM says so, but only of what it knows."""
    for method, path, operation in operations(description):
        schemas = {one["name"]: one["schema"] for one in operation["parameters"]}
        values = {name: one.get("enum", ["x"])[0] for name, one in schemas.items()}
        url = path.format_map(values)
        answer = client.request(method, url, params={"api-version": "never"})
        assert answer.status_code == 400, (method, path, answer.text)


@dataclass
class World:
    """A local Azure of the test's own, with a resource of each kind."""

    azure: Azure
    arm: httpx.Client
    session: requests.Session

    def mend(self) -> None:
        """Put back what a request has changed or deleted."""
        base = self.azure.subscription
        locks = f"{base}/providers/Microsoft.Authorization/locks"
        for lock in self.arm.get(locks, params=LOCKS).json()["value"]:
            self.arm.delete(lock["id"], params=LOCKS)
        group = f"{base}/resourceGroups/known"
        west = {"location": "westeurope"}
        while not self.arm.put(group, params=GROUPS, json=west).is_success:
            time.sleep(0.05)  # it is being deleted
        registry = f"{group}/{REGISTRY}/knownregistry"
        body = {**west, "sku": {"name": "Premium"}}
        self.arm.put(registry, params=REGISTRIES, json=body)
        for kind, properties in CHILDREN.items():
            child = {**west, "properties": properties}
            path = f"{registry}/{kind}/knownchild"
            self.arm.put(path, params=REGISTRIES, json=child)

    def ask(self, case: Any, known: bool) -> requests.Response:
        if known:
            there = {k: v for k, v in KNOWN.items() if k in case.path_parameters}
            case.path_parameters |= there
        answer: requests.Response = case.call(
            session=self.session,
            base_url=self.azure.url,
            verify=str(self.azure.ca_file),
        )
        return answer


@pytest.fixture
def world(start_azure: Callable[..., Azure]) -> Iterator[World]:
    azure = start_azure()
    with azure.arm() as arm, requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = arm.headers["Authorization"]
        made = World(azure, arm, session)
        yield made
        made.mend()


def harmless(found: Any) -> Any:
    """The same description with nothing in it that leads to another machine."""
    if isinstance(found, list):
        return [harmless(one) for one in found]
    if not isinstance(found, dict):
        return found
    return {k: NOWHERE.get(k, harmless(one)) for k, one in found.items()}


@pytest.mark.docker
def test_no_request_made_from_it_makes_the_local_azure_fail(world: World) -> None:
    text = world.arm.get("/openapi.json").json()

    def examples(label: str) -> int:
        return FEWER if label.endswith("/{containerGroup}") else EXAMPLES

    found = failures(harmless(text), world.ask, world.mend, examples)
    assert not found, "\n\n".join(found)
