"""azure-native's stand-in against a real local Azure."""

from __future__ import annotations

import signal
import uuid
from collections.abc import Callable
from typing import Any

import grpc
import pytest

Json = dict[str, Any]
Plugin = Any
GROUP = "urn:pulumi:s::p::azure-native:resources:ResourceGroup::rg"
IDENTITY = "urn:pulumi:s::p::azure-native:managedidentity:UserAssignedIdentity::me"
REGISTRY = "urn:pulumi:s::p::azure-native:containerregistry:Registry::reg"
INSTANCE = "urn:pulumi:s::p::azure-native:containerinstance:ContainerGroup::web"
ROLE = "urn:pulumi:s::p::azure-native:authorization:RoleAssignment::pull"
SEED = bytes(range(32))


@pytest.fixture
def environment(azure: Any) -> dict[str, str]:
    known = azure.connection
    return {
        "EMBEDDED_ARM_ENDPOINT": azure.url,
        "ARM_METADATA_HOSTNAME": known["metadataHost"],
        "ARM_CLIENT_ID": known["clientId"],
        "ARM_CLIENT_SECRET": known["clientSecret"],
        "ARM_TENANT_ID": known["tenantId"],
        "ARM_SUBSCRIPTION_ID": known["subscriptionId"],
        "SSL_CERT_FILE": known["caFile"],
    }


@pytest.fixture
def plugin(launch: Callable[..., Plugin], environment: dict[str, str]) -> Plugin:
    made = launch("azure-native", **environment)
    made.configure("azure-native", location="westeurope")
    return made


@pytest.fixture
def group(plugin: Plugin) -> str:
    name = f"rg-{uuid.uuid4().hex[:8]}"
    inputs = {"resourceGroupName": name, "location": "westeurope"}
    plugin.create(GROUP, plugin.check(GROUP, inputs))
    return name


def test_a_missing_name_is_made_of_the_seed_and_kept(plugin: Plugin) -> None:
    first = plugin.check(GROUP, {}, seed=SEED)
    assert first["resourceGroupName"] == "rg00010203"
    assert first["location"] == "westeurope"
    again = plugin.check(GROUP, {}, old=first, seed=bytes(32))
    assert again == first


def test_a_role_assignment_is_named_by_a_uuid(plugin: Plugin) -> None:
    inputs = plugin.check(ROLE, {"scope": "/x", "principalId": "p"}, seed=SEED)
    assert str(uuid.UUID(inputs["roleAssignmentName"])) == inputs["roleAssignmentName"]


CHILDREN = [
    ("Webhook", "webhookName", ["location"]),
    ("Replication", "replicationName", ["location"]),
    ("ScopeMap", "scopeMapName", []),
    ("Token", "tokenName", []),
    ("CacheRule", "cacheRuleName", []),
    ("CredentialSet", "credentialSetName", []),
    ("Task", "taskName", ["location"]),
]


@pytest.mark.parametrize(("type_", "name", "fixed"), CHILDREN)
def test_a_child_of_a_registry_is_named_as_in_the_program(
    plugin: Plugin, type_: str, name: str, fixed: list[str]
) -> None:
    urn = f"urn:pulumi:s::p::azure-native:containerregistry:{type_}::child1"
    given = {"resourceGroupName": "rg", "registryName": "registry"}
    inputs = plugin.check(urn, given, seed=SEED)
    assert inputs[name] == "child1"
    assert ("location" in inputs) is bool(fixed)
    changed = {**inputs, "location": "eastus", "description": "new"}
    assert list(plugin.diff(urn, inputs, changed).replaces) == fixed
    other = {**inputs, "registryName": "another"}
    assert list(plugin.diff(urn, inputs, other).replaces) == ["registryName"]


def test_a_lock_is_made_and_taken_off(plugin: Plugin, group: str) -> None:
    urn = "urn:pulumi:s::p::azure-native:authorization:ManagementLockByScope::keep"
    found = plugin.invoke(
        "azure-native:resources:getResourceGroup", {"resourceGroupName": group}
    )
    given = {"scope": found["id"], "level": "CanNotDelete"}
    inputs = plugin.check(urn, given, seed=SEED)
    id_, outputs = plugin.create(urn, inputs)
    assert outputs["level"] == "CanNotDelete"
    plugin.delete(urn, id_, outputs)
    read = {"scope": given["scope"], "lockName": inputs["lockName"]}
    with pytest.raises(grpc.RpcError, match="there is no resource"):
        plugin.invoke("azure-native:authorization:getManagementLockByScope", read)


def test_a_location_comes_from_the_group_where_none_is_configured(
    launch: Callable[..., Plugin], environment: dict[str, str]
) -> None:
    plugin = launch("azure-native", **environment)
    plugin.configure("azure-native")
    name = f"rg-{uuid.uuid4().hex[:8]}"
    inputs = {"resourceGroupName": name, "location": "East US"}
    plugin.create(GROUP, plugin.check(GROUP, inputs))
    found = plugin.check(IDENTITY, {"resourceGroupName": name, "resourceName": "abc"})
    assert found["location"] == "eastus"


def test_what_is_required_or_misnamed_is_a_failure_of_its_property(
    plugin: Plugin,
) -> None:
    failures = plugin.check(REGISTRY, {"registryName": "my-registry"})
    assert "is required" in failures["resourceGroupName"]
    assert "my-registry" in failures["registryName"]


@pytest.mark.parametrize(
    ("changed", "replaces"),
    [
        ({"tags": {"a": "b"}}, []),
        ({"resourceGroupName": "other"}, ["resourceGroupName"]),
        ({"location": "eastus"}, ["location"]),
        ({"location": "West Europe"}, None),
    ],
)
def test_a_difference_says_what_it_needs(
    plugin: Plugin, changed: Json, replaces: list[str] | None
) -> None:
    old = {"resourceGroupName": "rg", "location": "westeurope"}
    found = plugin.diff(GROUP, old, {**old, **changed})
    assert (found.changes == found.DIFF_SOME) == (replaces is not None)
    assert list(found.replaces) == (replaces or [])


def test_paths_of_a_difference_lead_to_the_value(plugin: Plugin) -> None:
    old = {"containers": [{"name": "a", "image": "x:1"}], "containerGroupName": "web"}
    new = {"containers": [{"name": "a", "image": "x:2"}], "containerGroupName": "web"}
    found = plugin.diff(INSTANCE, old, new)
    assert list(found.detailedDiff) == ["containers[0].image"]
    assert list(found.replaces) == []


def test_a_made_up_name_lets_the_replacement_come_first(plugin: Plugin) -> None:
    def first(name: str) -> bool:
        old = {"resourceGroupName": name, "location": "a"}
        return bool(
            plugin.diff(GROUP, old, {**old, "location": "b"}).deleteBeforeReplace
        )

    assert first("chosen")
    assert not first("rg00010203")


def test_the_life_of_a_resource(plugin: Plugin, group: str, refusal: Any) -> None:
    inputs = plugin.check(
        IDENTITY, {"resourceGroupName": group, "resourceName": "life"}
    )
    id_, outputs = plugin.create(IDENTITY, inputs)
    assert id_.endswith("/userAssignedIdentities/life")
    assert outputs["principalId"]
    assert "cannot create already existing resource" in refusal(
        plugin.create, IDENTITY, inputs
    )
    changed = {**inputs, "tags": {"a": "b"}}
    after = plugin.update(IDENTITY, id_, inputs, outputs, changed)
    assert after["tags"] == {"a": "b"}
    assert plugin.read(IDENTITY, id_, changed, after) == (id_, changed)
    plugin.delete(IDENTITY, id_, after)
    plugin.delete(IDENTITY, id_, after)
    assert plugin.read(IDENTITY, id_, changed, after)[0] == ""


def test_a_change_in_the_cloud_comes_into_the_inputs(
    plugin: Plugin, group: str, client: Any
) -> None:
    wanted = {"resourceGroupName": group, "resourceName": "seen", "tags": {"a": "b"}}
    inputs = plugin.check(IDENTITY, wanted)
    id_, outputs = plugin.create(IDENTITY, inputs)
    version = {"api-version": "2023-01-31"}
    body = {"location": "westeurope", "tags": {"a": "changed"}}
    client.put(id_, params=version, json=body)
    _, found = plugin.read(IDENTITY, id_, inputs, outputs)
    assert found == {**inputs, "tags": {"a": "changed"}}


def test_a_preview_creates_nothing_and_hides_what_it_cannot_know(
    plugin: Plugin, group: str
) -> None:
    inputs = {
        "resourceGroupName": group,
        "containerGroupName": "web",
        "identity": {"type": "UserAssigned", "userAssignedIdentities": ["x"]},
        "ipAddress": {"type": "Public", "ports": []},
        "osType": "Linux",
    }
    id_, outputs = plugin.create(INSTANCE, plugin.check(INSTANCE, inputs), preview=True)
    assert id_ == ""
    assert outputs["osType"] == "Linux"
    assert not {"identity", "ipAddress"} & set(outputs)


CONTAINERS = [
    {
        "name": "web",
        "image": "localhost:1/web:1",
        "resources": {"requests": {"cpu": 1, "memoryInGB": 1}},
    }
]


def test_a_change_that_arm_would_refuse_is_refused_before_anything_is_done(
    plugin: Plugin, group: str, refusal: Any
) -> None:
    given = {
        "resourceGroupName": group,
        "containerGroupName": "web",
        "containers": CONTAINERS,
        "osType": "Linux",
        "tags": {"note": "[no expression]"},
    }
    old = plugin.check(INSTANCE, given)
    wrong = {**given, "sku": "Dedicated"}
    told = refusal(plugin.check, INSTANCE, wrong, old=old)
    assert "InvalidTemplateDeployment" in told
    assert "FeatureNotSupported" in told
    assert "use 'Standard'" in told
    # Nothing is asked of what is new, or has not changed, or cannot be known yet.
    assert plugin.check(INSTANCE, wrong)["sku"] == "Dedicated"
    assert plugin.check(INSTANCE, wrong, old={**old, "sku": "Dedicated"})
    fine = {**given, "tags": {"note": "[[still none]"}}
    assert plugin.check(INSTANCE, fine, old=old)["tags"] == fine["tags"]


def test_an_error_of_arm_is_worded_as_azure_native_words_it(
    plugin: Plugin, group: str, refusal: Any
) -> None:
    wanted = {
        "resourceGroupName": group,
        "registryName": f"reg{uuid.uuid4().hex[:8]}",
        "sku": {"name": "Gold"},
    }
    text = refusal(plugin.create, REGISTRY, plugin.check(REGISTRY, wanted))
    assert text.startswith('Status=400 Code="InvalidSku" Message="')


def test_functions_read_what_is_there(plugin: Plugin, group: str, azure: Any) -> None:
    name = "azure-native:resources:getResourceGroup"
    assert plugin.invoke(name, {"resourceGroupName": group})["name"] == group
    assert plugin.invoke(name, {}) == {"resourceGroupName": "is required"}
    config = plugin.invoke("azure-native:authorization:getClientConfig", {})
    assert config["clientId"] == azure.connection["clientId"]
    token = "azure-native:authorization:getClientToken"
    endpoint = {"endpoint": "https://containerregistry.azure.net"}
    assert plugin.invoke(token, endpoint)["token"].count(".") == 2


def test_a_type_or_function_that_is_not_offered_is_named(
    plugin: Plugin, refusal: Any
) -> None:
    urn = "urn:pulumi:s::p::azure-native:storage:StorageAccount::x"
    assert "azure-native:storage:StorageAccount" in refusal(plugin.check, urn, {})
    assert "no function" in refusal(plugin.invoke, "azure-native:x:getX", {})


def test_a_versioned_token_is_the_same_type(plugin: Plugin) -> None:
    urn = "urn:pulumi:s::p::azure-native:resources/v20240301:ResourceGroup::rg"
    assert plugin.check(urn, {}, seed=SEED)["resourceGroupName"] == "rg00010203"


def test_without_the_embedded_azure_it_refuses_to_work(
    launch: Callable[..., Plugin], refusal: Any
) -> None:
    plugin = launch("azure-native", EMBEDDED_ARM_ENDPOINT="")
    assert "embedded Azure only" in refusal(plugin.configure, "azure-native")


def test_a_wrong_secret_and_a_silent_azure_are_told(
    launch: Callable[..., Plugin], environment: dict[str, str], refusal: Any
) -> None:
    wrong = launch("azure-native", **{**environment, "ARM_CLIENT_SECRET": "wrong"})
    wrong.configure("azure-native")
    arguments = {"resourceGroupName": "x"}
    name = "azure-native:resources:getResourceGroup"
    assert "AADSTS7000215" in refusal(wrong.invoke, name, arguments)
    silent = {**environment, "ARM_METADATA_HOSTNAME": "localhost:1"}
    gone = launch("azure-native", **silent)
    gone.configure("azure-native")
    assert "does not answer" in refusal(gone.invoke, name, arguments)


def test_what_an_interrupted_create_has_made_is_found_by_its_inputs(
    plugin: Plugin, group: str
) -> None:
    wanted = {"resourceGroupName": group, "resourceName": "me-1"}
    inputs = plugin.check(IDENTITY, wanted)
    assert plugin.read(IDENTITY, "", inputs, {})[0] == ""
    id_, _ = plugin.create(IDENTITY, inputs)
    assert plugin.read(IDENTITY, "", inputs, {})[0] == id_


def test_an_azure_that_is_gone_leaves_the_outcome_open(
    launch: Callable[..., Plugin], start_azure: Callable[..., Any]
) -> None:
    azure = start_azure()
    known = azure.connection
    plugin = launch(
        "azure-native",
        EMBEDDED_ARM_ENDPOINT=azure.url,
        ARM_METADATA_HOSTNAME=known["metadataHost"],
        ARM_CLIENT_ID=known["clientId"],
        ARM_CLIENT_SECRET=known["clientSecret"],
        ARM_TENANT_ID=known["tenantId"],
        ARM_SUBSCRIPTION_ID=known["subscriptionId"],
        SSL_CERT_FILE=known["caFile"],
    )
    plugin.configure("azure-native", location="westeurope")
    inputs = plugin.check(GROUP, {"resourceGroupName": "rg"})
    plugin.create(GROUP, inputs)
    azure.stop(signal.SIGKILL)
    with pytest.raises(grpc.RpcError, match="does not answer") as caught:
        plugin.create(GROUP, inputs)
    assert caught.value.code() == grpc.StatusCode.UNAVAILABLE
