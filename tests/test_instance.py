"""The container group that the program asks for, on Pulumi's own mocks."""

from __future__ import annotations

import json
from typing import Any

from tests.test_program import SECRET, SIGNATURE, run, run_raw

Json = dict[str, Any]
GROUP = "azure-native:containerinstance:ContainerGroup"
ID = "/subscriptions/s/resourceGroups/g/providers"
SUBNET = f"{ID}/Microsoft.Network/virtualNetworks/v/subnets/s"
IDENTITY = f"{ID}/Microsoft.ManagedIdentity/userAssignedIdentities/i"
GUID = "11111111-2222-3333-4444-555555555555"
KEY = "c2VzYW1lLW9mLXRoZS1hY2NvdW50"
IMAGE = "mcr.microsoft.com/cache/redis:6"


def texts(**values: Any) -> dict[str, str]:
    return {k: v if isinstance(v, str) else json.dumps(v) for k, v in values.items()}


def group(**values: Any) -> Json:
    cloud, _ = run(**texts(**values))
    found: Json = cloud[GROUP]
    return found


def test_a_group_of_the_defaults_has_one_container_and_nothing_more() -> None:
    assert set(group()) == {
        "containers",
        "identity",
        "imageRegistryCredentials",
        "ipAddress",
        "location",
        "osType",
        "resourceGroupName",
        "restartPolicy",
        "tags",
    }
    (container,) = group()["containers"]
    assert set(container) == {
        "environmentVariables",
        "image",
        "livenessProbe",
        "name",
        "ports",
        "readinessProbe",
        "resources",
    }


def test_sidecars_stand_beside_the_app_and_share_its_address() -> None:
    made = group(
        ports=[{"port": 9000, "protocol": "UDP"}],
        sidecars=[
            {
                "name": "cache",
                "image": IMAGE,
                "command": ["redis-server"],
                "cpu": 0.25,
                "memory": 0.5,
                "cpuLimit": 0.5,
                "ports": [{"port": 6379}],
                "livenessProbe": {"command": ["redis-cli", "ping"]},
            },
            {"name": "worker", "command": ["python", "-m", "worker"]},
        ],
    )
    app, cache, worker = made["containers"]
    assert app["ports"] == [{"port": 8080}, {"port": 9000, "protocol": "UDP"}]
    assert cache == {
        "name": "cache",
        "command": ["redis-server"],
        "image": IMAGE,
        "livenessProbe": {
            "exec": {"command": ["redis-cli", "ping"]},
            "failureThreshold": 3,
            "initialDelaySeconds": 0,
            "periodSeconds": 10,
            "timeoutSeconds": 2,
        },
        "ports": [{"port": 6379}],
        "resources": {
            "limits": {"cpu": 0.5},
            "requests": {"cpu": 0.25, "memoryInGB": 0.5},
        },
    }
    assert worker["image"] == app["image"]
    assert "ports" not in worker
    assert made["ipAddress"]["ports"] == [
        {"port": 8080, "protocol": "TCP"},
        {"port": 9000, "protocol": "UDP"},
        {"port": 6379, "protocol": "TCP"},
    ]


def test_one_login_goes_with_any_number_of_containers() -> None:
    made = group(sidecars=[{"name": "cache", "image": IMAGE}, {"name": "worker"}])
    assert len(made["imageRegistryCredentials"]) == 1


def test_init_containers_have_no_ports_no_resources_and_no_probes() -> None:
    made = group(
        volumes=[{"name": "shared", "emptyDir": {}}],
        initContainers=[
            {
                "name": "migrate",
                "command": ["true"],
                "environment": {"A": "1"},
                "volumeMounts": [{"name": "shared", "mountPath": "/data"}],
            }
        ],
    )
    (one,) = made["initContainers"]
    assert one == {
        "name": "migrate",
        "command": ["true"],
        "environmentVariables": [{"name": "A", "value": "1"}],
        "image": made["containers"][0]["image"],
        "volumeMounts": [{"mountPath": "/data", "name": "shared", "readOnly": False}],
    }


def test_each_kind_of_volume_is_as_the_api_takes_it() -> None:
    made = group(
        volumes=[
            {"name": "empty", "emptyDir": {}},
            {"name": "hidden", "secret": {"pin": "0000"}},
            {
                "name": "share",
                "azureFile": {
                    "shareName": "files",
                    "storageAccountName": "account1",
                    "storageAccountKey": KEY,
                },
            },
            {"name": "clone", "gitRepo": {"repository": "https://x.example/a.git"}},
        ],
        volumeMounts=[{"name": "hidden", "mountPath": "/run/pin", "readOnly": True}],
    )
    assert made["volumes"] == [
        {"emptyDir": {}, "name": "empty"},
        {"name": "hidden", "secret": {"pin": "MDAwMA=="}},
        {
            "azureFile": {
                "readOnly": False,
                "shareName": "files",
                "storageAccountKey": KEY,
                "storageAccountName": "account1",
            },
            "name": "share",
        },
        {"gitRepo": {"repository": "https://x.example/a.git"}, "name": "clone"},
    ]
    assert made["containers"][0]["volumeMounts"] == [
        {"mountPath": "/run/pin", "name": "hidden", "readOnly": True}
    ]


def test_secrets_of_the_group_are_marked_as_secrets() -> None:
    made = run_raw(
        **texts(
            sidecars=[{"name": "cache", "secureEnvironment": {"PIN": "sesame"}}],
            initContainers=[{"name": "first", "secureEnvironment": {"PIN": "sesame"}}],
            livenessProbe={"path": "/", "headers": {"Authorization": "sesame"}},
            volumes=[{"name": "hidden", "secret": {"pin": "sesame"}}],
            logAnalytics={"workspaceId": GUID, "workspaceKey": KEY},
        )
    )["inputs"][GROUP]
    shown = json.dumps(without_secrets(made))
    assert "sesame" in json.dumps(made)
    assert all(one not in shown for one in ("sesame", "c2VzYW1l", KEY))


def without_secrets(value: Any) -> Any:
    if isinstance(value, list):
        return [without_secrets(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) == SECRET:
        return "[secret]"
    return {key: without_secrets(one) for key, one in value.items()}


def test_without_an_address_there_are_no_ports_and_the_outputs_are_empty() -> None:
    cloud, outputs = run(ipAddress="none")
    made = cloud[GROUP]
    assert "ipAddress" not in made
    assert "ports" not in made["containers"][0]
    assert made["containers"][0]["livenessProbe"]["httpGet"]["port"] == 8080
    assert (outputs["url"], outputs["fqdn"], outputs["ipAddress"]) == ("", "", "")


def test_a_private_address_is_one_of_a_subnet_with_its_own_name_servers() -> None:
    made = group(
        ipAddress="private",
        subnetIds=[SUBNET],
        dnsConfig={
            "nameServers": ["10.0.0.10"],
            "searchDomains": ["a.example", "b.example"],
            "options": ["ndots:2", "timeout:1"],
        },
    )
    assert made["ipAddress"]["type"] == "Private"
    assert made["subnetIds"] == [{"id": SUBNET}]
    assert made["dnsConfig"] == {
        "nameServers": ["10.0.0.10"],
        "options": "ndots:2 timeout:1",
        "searchDomains": "a.example b.example",
    }


def test_placement_and_logs_are_as_the_api_takes_them() -> None:
    made = group(
        zone="2",
        groupSku="Confidential",
        ccePolicy="cGFja2FnZQ==",
        logAnalytics={
            "workspaceId": GUID,
            "workspaceKey": KEY,
            "logType": "ContainerInsights",
        },
    )
    assert made["zones"] == ["2"]
    assert made["sku"] == "Confidential"
    assert made["confidentialComputeProperties"] == {"ccePolicy": "cGFja2FnZQ=="}
    assert made["diagnostics"]["logAnalytics"] == {
        "logType": "ContainerInsights",
        "workspaceId": GUID,
        "workspaceKey": KEY,
    }
    assert group(priority="Spot", ipAddress="none")["priority"] == "Spot"
    assert group(osType="Windows", platform="windows/amd64")["osType"] == "Windows"


def test_identities_of_the_containers_stand_beside_the_one_that_pulls() -> None:
    made = group(identities=[IDENTITY], systemIdentity=True)["identity"]
    assert made["type"] == "SystemAssigned, UserAssigned"
    assert len(made["userAssignedIdentities"]) == 2
    assert IDENTITY in made["userAssignedIdentities"]
    alone = group(pullAuth="admin", adminUser=True, systemIdentity=True)["identity"]
    assert alone == {"type": "SystemAssigned"}
