"""The stack `local-max`: all that a registry offers, as the cloud has it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.stacks import SOMEBODY

Clone = Any
Json = dict[str, Any]
pytestmark = pytest.mark.docker
CHILDREN = {
    "webhooks": {"pushed", "silent"},
    "scopeMaps": {"readers", "acr-lab-pull"},
    "tokens": {"reader", "pusher", "acr-lab-pull"},
    "replications": {"northeurope", "eastus"},
    "cacheRules": {"microsoft"},
    "tasks": {"nightly"},
}
VERSIONS = {"tasks": "2019-06-01-preview"}


@pytest.fixture(scope="module")
def everything(shared_clone: Clone) -> Clone:
    shared_clone.stack = "local-max"
    shared_clone.up()
    return shared_clone


@pytest.fixture
def cloud(everything: Clone) -> Iterator[httpx.Client]:
    with everything.arm() as client:
        yield client


@pytest.fixture
def registry(everything: Clone) -> str:
    outputs = everything.outputs()
    kind = "providers/Microsoft.ContainerRegistry/registries"
    return (
        f"/resourceGroups/{outputs['resourceGroup']}/{kind}/{outputs['registryName']}"
    )


def read(cloud: httpx.Client, path: str, version: str = "2023-01-01-preview") -> Json:
    answer = cloud.get(path, params={"api-version": version})
    found: Json = answer.raise_for_status().json()
    return found


def test_a_refresh_finds_everything_as_it_was_declared(everything: Clone) -> None:
    body = json.loads(everything.run("refresh", "--yes", "--json"))
    assert body["succeeded"], body["diagnostics"]
    assert "unchanged: there was nothing to do" in everything.up()


def test_the_registry_is_as_configured(cloud: httpx.Client, registry: str) -> None:
    found = read(cloud, registry)
    values = found["properties"]
    assert found["sku"]["name"] == "Premium"
    assert values["adminUserEnabled"]
    assert values["anonymousPullEnabled"]
    assert values["dataEndpointEnabled"]
    assert values["networkRuleBypassOptions"] == "None"
    assert values["networkRuleSet"]["defaultAction"] == "Deny"
    assert values["zoneRedundancy"] == "Enabled"
    assert values["policies"]["retentionPolicy"] == {"days": 30, "status": "enabled"}
    assert values["policies"]["quarantinePolicy"]["status"] == "enabled"


@pytest.mark.parametrize("kind", CHILDREN)
def test_what_hangs_on_the_registry_is_there(
    cloud: httpx.Client, registry: str, kind: str
) -> None:
    version = VERSIONS.get(kind, "2023-01-01-preview")
    rows = read(cloud, f"{registry}/{kind}", version)["value"]
    assert {one["name"] for one in rows} - SYSTEM == CHILDREN[kind]


SYSTEM = {
    "_repositories_pull",
    "_repositories_pull_metadata_read",
    "_repositories_push",
    "_repositories_push_metadata_write",
    "_repositories_admin",
}


def test_the_webhook_was_told_of_the_push(cloud: httpx.Client, registry: str) -> None:
    answer = cloud.post(
        f"{registry}/webhooks/pushed/listEvents",
        params={"api-version": "2023-01-01-preview"},
    )
    (event,) = answer.raise_for_status().json()["value"]
    told = event["eventRequestMessage"]["content"]
    assert told["target"]["repository"] == "acr-lab/web"


def test_each_system_that_pulls_has_the_role(
    cloud: httpx.Client, registry: str
) -> None:
    kind = f"{registry}/providers/Microsoft.Authorization/roleAssignments"
    rows = read(cloud, kind, "2022-04-01")["value"]
    mine = [one for one in rows if one["properties"]["principalId"] == SOMEBODY]
    (one,) = mine
    role = one["properties"]["roleDefinitionId"]
    assert role.endswith("7f951dda-4ed3-4680-a7ca-43fe172d538d")


def test_nobody_deletes_the_registry_past_the_lock(
    cloud: httpx.Client, registry: str
) -> None:
    answer = cloud.delete(registry, params={"api-version": "2023-01-01-preview"})
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "ScopeLocked"


def test_no_secret_of_the_configuration_is_in_plain(everything: Clone) -> None:
    state = everything.run("stack", "export")
    told = [state, *(one.read_text() for one in (everything.home / "logs").iterdir())]
    assert not any("sesame" in text for text in told)
    assert len(re.findall('"ciphertext"', state)) > 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sku": "Basic"}, r"geoReplications.*needs Premium"),
        ({"softDeleteDays": 7}, r"exclude each other"),
        ({"lock": "Forever"}, r"CanNotDelete, ReadOnly"),
    ],
    ids=str,
)
def test_a_contradiction_is_told_before_anything_is_touched(
    everything: Clone, change: Json, said: str
) -> None:
    file = everything.root / "Pulumi.local-max.yaml"
    before = file.read_text()
    try:
        everything.configure(**change)
        shown = everything.up(code=2)
    finally:
        file.write_text(before)
    assert re.search(said, shown)
    assert "nothing was changed" in shown
    assert "sesame" not in shown


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        (
            "diagnostics",
            {"workspaceId": "/subscriptions/s/resourceGroups/g/providers/M.X/ys/z"},
            "DiagnosticSetting",
        ),
        (
            "privateEndpoints",
            [
                {
                    "name": "inside",
                    "subnetId": "/subscriptions/s/resourceGroups/g/providers/"
                    "Microsoft.Network/virtualNetworks/v/subnets/s",
                }
            ],
            "PrivateEndpoint",
        ),
        (
            "customerKey",
            {
                "keyId": "https://v.vault.azure.net/keys/mine",
                "identityId": "/subscriptions/s/resourceGroups/g/providers/"
                "Microsoft.ManagedIdentity/userAssignedIdentities/reader",
                "clientId": SOMEBODY,
            },
            "Key Vault",
        ),
    ],
)
def test_what_this_azure_does_not_have_is_refused_by_name(
    everything: Clone, key: str, value: object, said: str
) -> None:
    file = everything.root / "Pulumi.local-max.yaml"
    before = file.read_text()
    try:
        everything.configure(**{key: value})
        shown = everything.up(code=1)
    finally:
        file.write_text(before)
    assert said in shown


def test_a_reset_means_locked_things_too(clone: Clone) -> None:
    clone.configure(lock="ReadOnly")
    clone.up()
    clone.run("azure", "reset", "--yes")
    assert not (clone.home / "azure").exists()
    assert clone.containers() == []
