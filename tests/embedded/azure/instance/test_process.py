"""A group on the whole local Azure: its identity pulls from its registry."""

from __future__ import annotations

import signal
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import docker
import httpx
import pytest

from embedded.azure.service import Json
from tests.embedded.azure.instance.portal import (
    IDENTITIES,
    container,
    eventually,
    fetch,
    group,
)

pytestmark = pytest.mark.docker

ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
VERSIONS = {
    "Microsoft.ContainerInstance": "2024-05-01-preview",
    "Microsoft.ContainerRegistry": "2023-01-01-preview",
    "Microsoft.ManagedIdentity": "2023-01-31",
    "Microsoft.Authorization": "2022-04-01",
}


class Subscription:
    """ARM calls below one resource group of a running local Azure."""

    def __init__(self, azure: Any) -> None:
        self.azure = azure
        self.group = f"{azure.subscription}/resourceGroups/lab"
        self.http: httpx.Client = azure.arm()

    def send(self, method: str, path: str, body: Json | None = None) -> httpx.Response:
        namespace = path.rsplit("/providers/", 1)[1].split("/", 1)[0]
        version = {"api-version": VERSIONS[namespace]}
        return self.http.request(method, path, params=version, json=body)

    def path(self, type_: str, name: str) -> str:
        return f"{self.group}/providers/{type_}/{name}"

    def put(self, path: str, body: Json) -> Json:
        answer = self.send("PUT", path, body)
        assert answer.status_code in (200, 201), answer.text
        made: Json = answer.json()
        return made

    def deploy(self, path: str, body: Json) -> Json:
        """A PUT that is followed to its end; the status of the operation."""
        answer = self.send("PUT", path, body)
        assert answer.status_code in (200, 201), answer.text
        poll = answer.headers["Azure-AsyncOperation"]

        def ended() -> Json | None:
            status: Json = self.http.get(poll).json()
            return None if status["status"] == "InProgress" else status

        return eventually(ended)

    def allow_pull(self, principal: str, scope: str) -> None:
        definitions = f"{self.azure.subscription}/providers/Microsoft.Authorization"
        properties = {
            "roleDefinitionId": f"{definitions}/roleDefinitions/{ACR_PULL}",
            "principalId": principal,
            "principalType": "ServicePrincipal",
        }
        name = str(uuid.uuid4())
        path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"
        self.put(path, {"properties": properties})


@pytest.fixture
def lab(start_azure: Callable[..., Any]) -> Iterator[Subscription]:
    azure = start_azure()
    subscription = Subscription(azure)
    location = {"location": "westeurope"}
    version = {"api-version": "2024-03-01"}
    subscription.http.put(subscription.group, params=version, json=location)
    yield subscription
    subscription.http.close()


def push(
    lab: Subscription, engine: docker.DockerClient, base: str, login_server: str
) -> str:
    """An image in the registry, which the engine does not keep. Its name."""
    token = lab.azure.token("https://containerregistry.azure.net")
    form = {
        "grant_type": "access_token",
        "service": login_server,
        "access_token": token,
    }
    url = f"https://{login_server}/oauth2/exchange"
    with lab.azure.http() as http:
        refresh = http.post(url, data=form).raise_for_status().json()
    user = "00000000-0000-0000-0000-000000000000"
    sign_in = {"username": user, "password": refresh["refresh_token"]}
    repository = f"{login_server}/app"
    engine.images.get(base).tag(repository, "1")
    pushed = engine.api.push(repository, tag="1", auth_config=sign_in)
    assert "error" not in pushed
    engine.images.remove(f"{repository}:1")
    return f"{repository}:1"


def test_an_identity_pulls_with_acrpull_and_a_crash_costs_nothing(
    lab: Subscription,
    engine: docker.DockerClient,
    base: str,
    start_azure: Callable[..., Any],
) -> None:
    place: Json = {"location": "westeurope"}
    registry = lab.put(
        lab.path("Microsoft.ContainerRegistry/registries", "labregistry"),
        {**place, "sku": {"name": "Basic"}},
    )
    identity = lab.put(lab.path(IDENTITIES, "puller"), place)
    server = registry["properties"]["loginServer"]
    image = push(lab, engine, base, server)
    credential = {"server": server, "identity": identity["id"]}
    body = group(container(image), imageRegistryCredentials=[credential])
    own = {"type": "UserAssigned", "userAssignedIdentities": {identity["id"]: {}}}
    body["identity"] = own
    path = lab.path("Microsoft.ContainerInstance/containerGroups", "web")

    refused = lab.send("PUT", path, body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (
        400,
        "InaccessibleImage",
    )

    lab.allow_pull(identity["properties"]["principalId"], registry["id"])
    assert lab.deploy(path, body)["status"] == "Succeeded"
    shown = lab.send("GET", path).json()
    shared = shown["identity"]["userAssignedIdentities"][identity["id"]]
    assert shared["clientId"] == identity["properties"]["clientId"]
    address = shown["properties"]["ipAddress"]["ip"]
    assert eventually(lambda: fetch(address))

    lab.azure.stop(signal.SIGKILL)
    [before] = ours(engine, lab)
    before.remove(force=True)
    lab.azure = start_azure(lab.azure.home, lab.azure.port)
    assert eventually(lambda: fetch(address))
    assert lab.send("GET", path).json()["properties"]["provisioningState"] == (
        "Succeeded"
    )

    version = {"api-version": "2024-03-01"}
    answer = lab.http.delete(lab.group, params=version)
    eventually(lambda: lab.http.get(answer.headers["Location"]).status_code != 202)
    assert ours(engine, lab) == []
    assert not any(image in each.tags for each in engine.images.list())


def ours(engine: docker.DockerClient, lab: Subscription) -> list[Any]:
    label = f"acr-lab.embedded={lab.azure.home}"
    return engine.containers.list(
        all=True, filters={"label": label}, ignore_removed=True
    )
