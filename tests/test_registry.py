"""The registry that the program asks for, and all that hangs on it, on mocks."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from tests.test_instance import texts, without_secrets
from tests.test_program import run, run_raw

Json = dict[str, Any]
ID = "/subscriptions/s/resourceGroups/g/providers"
READER = f"{ID}/Microsoft.ManagedIdentity/userAssignedIdentities/reader"
SUBNET = f"{ID}/Microsoft.Network/virtualNetworks/v/subnets/s"
ZONE = f"{ID}/Microsoft.Network/privateDnsZones/privatelink.azurecr.io"
WORKSPACE = f"{ID}/Microsoft.OperationalInsights/workspaces/w"
STORAGE = f"{ID}/Microsoft.Storage/storageAccounts/a"
RULE = f"{ID}/Microsoft.EventHub/namespaces/n/authorizationRules/r"
GUID = "11111111-2222-3333-4444-555555555555"
KEY = "https://vault.vault.azure.net/keys/mine"
VAULT = "https://vault.vault.azure.net/secrets"
#: What is the same in all that hangs on the registry.
COMMON = ("location", "registryName", "resourceGroupName", "tags")
CLOSED: Json = {
    "sku": "Premium",
    "registryName": "mylab12",
    "publicAccess": False,
    "trustedServices": False,
    "dedicatedDataEndpoints": True,
    "zoneRedundancy": True,
    "export": False,
    "quarantine": True,
    "retentionDays": 30,
    "customerKey": {"keyId": KEY, "identityId": READER, "clientId": GUID},
    "privateEndpoints": [{"name": "inside", "subnetId": SUBNET, "dnsZoneId": ZONE}],
    "diagnostics": {
        "workspaceId": WORKSPACE,
        "storageAccountId": STORAGE,
        "eventHubRuleId": RULE,
        "logs": ["ContainerRegistryLoginEvents"],
    },
    "lock": "CanNotDelete",
}
CHILDREN: Json = {
    "sku": "Premium",
    "geoReplications": [
        {"location": "eastus", "regionEndpoint": False, "zoneRedundancy": True}
    ],
    "webhooks": [
        {
            "name": "pushed",
            "uri": "https://x.example/sesame",
            "actions": ["push", "delete"],
            "scope": "app:*",
            "headers": {"X-Token": "sesame"},
            "status": "disabled",
        }
    ],
    "scopeMaps": [
        {
            "name": "readers",
            "actions": ["repositories/app/content/read"],
            "description": "Read the app",
        }
    ],
    "tokens": [{"name": "reader", "scopeMap": "readers", "status": "disabled"}],
    "cacheRules": [
        {
            "name": "hub-rule",
            "source": "docker.io/library/*",
            "target": "hub/*",
            "usernameSecretId": f"{VAULT}/user",
            "passwordSecretId": f"{VAULT}/password",
        }
    ],
    "tasks": [
        {
            "name": "nightly",
            "context": "https://github.com/me/app.git#main:app",
            "image": "app:{{.Run.ID}}",
            "file": "docker/Dockerfile",
            "onCommit": True,
            "schedule": "0 4 * * *",
            "timeoutSeconds": 600,
            "accessToken": "sesame-sesame",
        }
    ],
}


@cache
def closed() -> Json:
    return run(**texts(**CLOSED))[0]


@cache
def children() -> Json:
    return run(**texts(**CHILDREN))[0]


def registry(**values: Any) -> Json:
    cloud, _ = run(**texts(**values))
    found: Json = cloud["azure-native:containerregistry:Registry"]
    return found


def own(cloud: Json, type_: str) -> Json:
    """The inputs of a resource, but for what is the same in all of them."""
    return {k: v for k, v in cloud[f"azure-native:{type_}"].items() if k not in COMMON}


def child(type_: str) -> Json:
    return own(children(), f"containerregistry:{type_}")


def test_a_registry_of_the_defaults_asks_for_nothing_above_its_tier() -> None:
    made = registry()
    assert set(made) == {
        "adminUserEnabled",
        "anonymousPullEnabled",
        "dataEndpointEnabled",
        "location",
        "networkRuleBypassOptions",
        "policies",
        "publicNetworkAccess",
        "resourceGroupName",
        "sku",
        "tags",
        "zoneRedundancy",
    }
    assert made["publicNetworkAccess"] == "Enabled"
    assert made["networkRuleBypassOptions"] == "AzureServices"
    assert {name: one["status"] for name, one in made["policies"].items()} == {
        "azureADAuthenticationAsArmPolicy": "enabled",
        "softDeletePolicy": "disabled",
    }


def test_a_closed_registry_is_as_the_api_takes_it() -> None:
    made = closed()["azure-native:containerregistry:Registry"]
    assert made["registryName"] == "mylab12"
    assert made["publicNetworkAccess"] == "Disabled"
    assert made["networkRuleBypassOptions"] == "None"
    assert made["networkRuleSet"] == {"defaultAction": "Allow", "ipRules": []}
    assert made["dataEndpointEnabled"] is True
    assert made["zoneRedundancy"] == "Enabled"


def test_policies_are_on_where_they_are_asked_for_and_else_off() -> None:
    made = closed()["azure-native:containerregistry:Registry"]["policies"]
    assert made["exportPolicy"] == {"status": "disabled"}
    assert made["quarantinePolicy"] == {"status": "enabled"}
    assert made["retentionPolicy"] == {"days": 30, "status": "enabled"}
    assert made["softDeletePolicy"]["status"] == "disabled"
    plain = registry(sku="Premium")["policies"]
    assert {name: one["status"] for name, one in plain.items()} == {
        "azureADAuthenticationAsArmPolicy": "enabled",
        "exportPolicy": "enabled",
        "quarantinePolicy": "disabled",
        "retentionPolicy": "disabled",
        "softDeletePolicy": "disabled",
    }
    basic = registry(softDeleteDays=30, armTokens=False)["policies"]
    assert basic["softDeletePolicy"] == {"retentionDays": 30, "status": "enabled"}
    assert basic["azureADAuthenticationAsArmPolicy"] == {"status": "disabled"}


def test_named_addresses_get_in_and_no_others() -> None:
    made = registry(sku="Premium", allowedIps=["203.0.113.7", "198.51.100.0/24"])
    assert made["networkRuleSet"] == {
        "defaultAction": "Deny",
        "ipRules": [
            {"action": "Allow", "iPAddressOrRange": "203.0.113.7"},
            {"action": "Allow", "iPAddressOrRange": "198.51.100.0/24"},
        ],
    }


def test_a_key_of_one_s_own_is_read_by_its_identity() -> None:
    made = closed()["azure-native:containerregistry:Registry"]
    assert made["encryption"] == {
        "keyVaultProperties": {"identity": GUID, "keyIdentifier": KEY},
        "status": "enabled",
    }
    assert made["identity"] == {
        "type": "UserAssigned",
        "userAssignedIdentities": {READER: {}},
    }


def test_a_private_endpoint_leads_to_the_registry_and_has_its_name() -> None:
    endpoint = own(closed(), "network:PrivateEndpoint")
    assert endpoint["privateEndpointName"] == "inside"
    assert endpoint["subnet"]["id"] == SUBNET
    (link,) = endpoint["privateLinkServiceConnections"]
    assert link == {
        "groupIds": ["registry"],
        "name": "inside",
        "privateLinkServiceId": "/acrlab",
    }
    assert own(closed(), "network:PrivateDnsZoneGroup") == {
        "privateDnsZoneConfigs": [{"name": "registry", "privateDnsZoneId": ZONE}],
        "privateDnsZoneGroupName": "registry",
        "privateEndpointName": "inside",
    }


def test_nothing_is_pushed_before_the_private_endpoint_has_its_name() -> None:
    needs = run_raw(**texts(**CLOSED))["needs"]
    assert needs["docker:index/image:Image"] == ["inside", "inside"]


def test_logs_and_metrics_go_to_every_place_that_is_named() -> None:
    assert own(closed(), "monitor:DiagnosticSetting") == {
        "eventHubAuthorizationRuleId": RULE,
        "logs": [{"category": "ContainerRegistryLoginEvents", "enabled": True}],
        "metrics": [{"category": "AllMetrics", "enabled": True}],
        "name": "acr-lab-logs",
        "resourceUri": "/acrlab",
        "storageAccountId": STORAGE,
        "workspaceId": WORKSPACE,
    }


def test_a_lock_is_on_the_registry() -> None:
    made = own(closed(), "authorization:ManagementLockByScope")
    assert (made["level"], made["scope"]) == ("CanNotDelete", "/acrlab")


def test_a_replication_is_in_the_region_whose_name_it_has() -> None:
    assert children()["azure-native:containerregistry:Replication"] == {
        "location": "eastus",
        "regionEndpointEnabled": False,
        "registryName": "acrlab",
        "replicationName": "eastus",
        "resourceGroupName": "acr-lab",
        "tags": {},
        "zoneRedundancy": "Enabled",
    }


def test_a_webhook_is_as_the_api_takes_it() -> None:
    assert child("Webhook") == {
        "actions": ["push", "delete"],
        "customHeaders": {"X-Token": "sesame"},
        "scope": "app:*",
        "serviceUri": "https://x.example/sesame",
        "status": "disabled",
        "webhookName": "pushed",
    }


def test_a_token_has_the_rights_of_its_scope_map() -> None:
    assert child("ScopeMap") == {
        "actions": ["repositories/app/content/read"],
        "description": "Read the app",
        "scopeMapName": "readers",
    }
    assert child("Token") == {
        "scopeMapId": "/readers",
        "status": "disabled",
        "tokenName": "reader",
    }
    system = [{"name": "reader", "scopeMap": "_repositories_pull"}]
    cloud, _ = run(**texts(tokens=system))
    made = own(cloud, "containerregistry:Token")
    assert made["scopeMapId"] == "/acrlab/scopeMaps/_repositories_pull"


def test_a_cache_rule_signs_in_elsewhere_with_secrets_of_a_vault() -> None:
    assert child("CacheRule") == {
        "cacheRuleName": "hub-rule",
        "credentialSetResourceId": "/hub-rule",
        "sourceRepository": "docker.io/library/*",
        "targetRepository": "hub/*",
    }
    assert child("CredentialSet") == {
        "authCredentials": [
            {
                "name": "Credential1",
                "passwordSecretIdentifier": f"{VAULT}/password",
                "usernameSecretIdentifier": f"{VAULT}/user",
            }
        ],
        "credentialSetName": "hub-rule",
        "identity": {"type": "SystemAssigned"},
        "loginServer": "docker.io",
    }


def test_a_task_builds_on_commits_on_base_images_and_on_a_timer() -> None:
    made = child("Task")
    assert made["platform"] == {"architecture": "amd64", "os": "Linux"}
    assert (made["taskName"], made["timeout"]) == ("nightly", 600)
    step = {k: v for k, v in made["step"].items() if k != "noCache"}
    assert step == {
        "contextAccessToken": "sesame-sesame",
        "contextPath": "https://github.com/me/app.git#main:app",
        "dockerFilePath": "docker/Dockerfile",
        "imageNames": ["app:{{.Run.ID}}"],
        "isPushEnabled": True,
        "type": "Docker",
    }
    trigger = made["trigger"]
    assert trigger["baseImageTrigger"]["baseImageTriggerType"] == "Runtime"
    assert [one["schedule"] for one in trigger["timerTriggers"]] == ["0 4 * * *"]
    (commit,) = trigger["sourceTriggers"]
    assert commit["sourceTriggerEvents"] == ["commit"]
    assert commit["sourceRepository"] == {
        "branch": "main",
        "repositoryUrl": "https://github.com/me/app.git",
        "sourceControlAuthProperties": {"token": "sesame-sesame", "tokenType": "PAT"},
        "sourceControlType": "Github",
    }


def test_a_task_waits_for_nothing_that_it_was_not_told_of() -> None:
    quiet = {"name": "quiet", "context": "https://x.example/a.git", "image": "a:1"}
    cloud, _ = run(**texts(tasks=[{**quiet, "onBaseImage": False}]))
    made = own(cloud, "containerregistry:Task")
    assert made["trigger"] == {}
    assert "contextAccessToken" not in made["step"]


def test_azure_repos_is_told_of_by_its_name() -> None:
    task = {
        "name": "nightly",
        "context": "https://dev.azure.com/me/app/_git/app",
        "image": "a:1",
        "onCommit": True,
        "accessToken": "sesame-sesame",
    }
    cloud, _ = run(**texts(tasks=[task]))
    (commit,) = own(cloud, "containerregistry:Task")["trigger"]["sourceTriggers"]
    kind = commit["sourceRepository"]["sourceControlType"]
    assert kind == "VisualStudioTeamService"


def test_secrets_of_what_hangs_on_the_registry_are_marked_as_secrets() -> None:
    made = run_raw(**texts(**CHILDREN))["inputs"]
    assert "sesame" in json.dumps(made)
    assert "sesame" not in json.dumps(without_secrets(made))
