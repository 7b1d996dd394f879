"""Keys that are fine by themselves and wrong together."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.settings import SettingsInvalid, read
from infra.skus import SKUS, Feature, offering

REGION = "westeurope"
ID = "/subscriptions/s/resourceGroups/g/providers"
KEY = {
    "keyId": "https://vault.vault.azure.net/keys/mine",
    "identityId": f"{ID}/Microsoft.ManagedIdentity/userAssignedIdentities/reader",
    "clientId": "11111111-2222-3333-4444-555555555555",
}
ENDPOINT = {
    "name": "inside",
    "subnetId": f"{ID}/Microsoft.Network/virtualNetworks/v/subnets/s",
}
RULE = {"name": "quay-rule", "source": "quay.io/app/*", "target": "quay/*"}
TASK = {"name": "nightly", "context": "https://example.com/a.git", "image": "a:1"}
#: Key, a value that turns its feature on, the feature, what else it needs.
FEATURES: list[tuple[str, Any, Feature, dict[str, Any]]] = [
    ("anonymousPull", True, Feature.ANONYMOUS_PULL, {}),
    ("publicAccess", False, Feature.PUBLIC_ACCESS_OFF, {}),
    ("allowedIps", ["203.0.113.7"], Feature.IP_RULES, {}),
    ("dedicatedDataEndpoints", True, Feature.DEDICATED_DATA_ENDPOINT, {}),
    ("zoneRedundancy", True, Feature.ZONE_REDUNDANCY, {}),
    ("retentionDays", 7, Feature.RETENTION, {}),
    ("softDeleteDays", 7, Feature.SOFT_DELETE, {}),
    ("quarantine", True, Feature.QUARANTINE, {}),
    ("export", False, Feature.EXPORT_POLICY, {"publicAccess": False}),
    ("customerKey", KEY, Feature.CUSTOMER_KEY, {}),
    ("geoReplications", [{"location": "eastus"}], Feature.GEO_REPLICATION, {}),
    ("privateEndpoints", [ENDPOINT], Feature.PRIVATE_LINK, {}),
    ("cacheRules", [RULE], Feature.ARTIFACT_CACHE, {}),
    ("tasks", [TASK], Feature.TASKS, {}),
]


def mistakes(**values: Any) -> dict[str, str]:
    """Key -> what is said of it; empty for a configuration that is taken."""
    texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in values.items()}
    try:
        read(texts, region=REGION)
    except SettingsInvalid as error:
        return {mistake.key: mistake.allowed for mistake in error.mistakes}
    return {}


@pytest.mark.parametrize("sku", SKUS)
@pytest.mark.parametrize(("key", "value", "feature", "more"), FEATURES)
def test_a_feature_above_the_tier_is_refused_and_the_message_names_the_tiers(
    sku: str, key: str, value: Any, feature: Feature, more: dict[str, Any]
) -> None:
    found = mistakes(sku=sku, **{key: value}, **more)
    if sku in offering(feature):
        assert found == {}
    else:
        assert offering(feature)[0] in found[key]
        assert set(found) == {key, *more}


@pytest.mark.parametrize("lower", ["Basic", "Standard"])
def test_a_downgrade_names_each_feature_in_use_that_would_be_lost(lower: str) -> None:
    used = {"retentionDays": 7, "allowedIps": ["203.0.113.0/24"]}
    assert mistakes(sku="Premium", **used) == {}
    assert set(mistakes(sku=lower, **used)) == set(used)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("retentionDays", 7),
        ("geoReplications", [{"location": "eastus"}]),
        ("cacheRules", [RULE]),
    ],
)
def test_soft_delete_excludes_what_does_not_know_it(key: str, value: Any) -> None:
    assert mistakes(sku="Premium", **{key: value}) == {}
    found = mistakes(sku="Premium", softDeleteDays=7, **{key: value})
    assert set(found) == {"softDeleteDays"}
    assert key in found["softDeleteDays"]


@pytest.mark.parametrize("sku", SKUS)
def test_a_tier_has_so_many_webhooks_and_no_more(sku: str) -> None:
    def hooks(count: int) -> list[dict[str, str]]:
        uri = "https://example.com"
        return [{"name": f"hook{n}", "uri": uri} for n in range(count)]

    limit = SKUS[sku].webhooks
    assert mistakes(sku=sku, webhooks=hooks(limit)) == {}
    assert set(mistakes(sku=sku, webhooks=hooks(limit + 1))) == {"webhooks"}


def test_the_token_of_the_pull_counts_too() -> None:
    tokens = [
        {"name": f"token{n}", "scopeMap": "_repositories_pull"}
        for n in range(SKUS["Basic"].tokens)
    ]
    assert mistakes(tokens=tokens) == {}
    assert set(mistakes(tokens=tokens, pullAuth="token")) == {"tokens"}


def test_a_registry_is_not_replicated_to_where_it_is() -> None:
    found = mistakes(sku="Premium", geoReplications=[{"location": "West Europe"}])
    assert set(found) == {"geoReplications"}


def test_export_is_off_only_where_the_public_does_not_reach_the_registry() -> None:
    assert set(mistakes(sku="Premium", export=False)) == {"export"}
    assert mistakes(sku="Premium", export=False, publicAccess=False) == {}


def test_addresses_mean_nothing_where_nobody_gets_in() -> None:
    found = mistakes(sku="Premium", publicAccess=False, allowedIps=["203.0.113.7"])
    assert set(found) == {"allowedIps"}


def test_a_task_may_do_nothing_in_a_registry_in_abac_mode() -> None:
    assert set(mistakes(tasks=[TASK], permissionMode="rbac-abac")) == {"tasks"}
    assert mistakes(tasks=[TASK], permissionMode="rbac") == {}
    assert mistakes(permissionMode="rbac-abac") == {}


def test_a_subnet_of_the_group_holds_no_private_endpoint() -> None:
    private = {"sku": "Premium", "ipAddress": "private"}
    same = {"subnetIds": [ENDPOINT["subnetId"].replace("/v/", "/V/")]}
    found = mistakes(**private, **same, privateEndpoints=[ENDPOINT])
    assert set(found) == {"privateEndpoints"}
    other = {"subnetIds": [f"{ENDPOINT['subnetId']}-of-groups"]}
    assert mistakes(**private, **other, privateEndpoints=[ENDPOINT]) == {}


def test_who_shows_a_token_for_arm_needs_a_registry_that_takes_it() -> None:
    puller = {"name": "cluster", "principalId": KEY["clientId"]}
    named = [{**puller, "system": "aks"}]
    assert set(mistakes(armTokens=False, pullers=named)) == {"armTokens"}
    assert mistakes(armTokens=False, pullers=[puller]) == {}
    assert mistakes(armTokens=True, pullers=named) == {}


@pytest.mark.parametrize(("pin", "wrong"), [("digest", 1), ("tag", 0)])
def test_a_pinned_digest_and_retention_exclude_each_other(pin: str, wrong: int) -> None:
    found = mistakes(sku="Premium", retentionDays=7, pin=pin)
    assert len(found) == wrong
    assert set(found) <= {"retentionDays"}


def test_an_image_for_another_system_than_the_group_s_is_refused() -> None:
    found = mistakes(platform="windows/amd64")
    assert "runs Linux: set it to linux/amd64" in found["platform"]
    found = mistakes(osType="Windows")
    assert "runs Windows: set it to windows/amd64" in found["platform"]


@pytest.mark.parametrize("key", ["pullAuth", "push"])
def test_the_admin_user_signs_in_only_where_there_is_one(key: str) -> None:
    assert set(mistakes(**{key: "admin"})) == {key}
    assert mistakes(adminUser=True, **{key: "admin"}) == {}


@pytest.mark.parametrize("key", ["pullAuth", "push"])
def test_a_lock_on_reading_passwords_leaves_nobody_to_sign_in_as(key: str) -> None:
    admin = {"adminUser": True, key: "admin"}
    assert set(mistakes(lock="ReadOnly", **admin)) == {"lock"}
    assert mistakes(lock="CanNotDelete", **admin) == {}
    assert mistakes(lock="ReadOnly", adminUser=True) == {}


@pytest.mark.parametrize("key", ["pullAuth", "push"])
def test_an_application_signs_in_only_where_there_is_one(key: str) -> None:
    assert set(mistakes(**{key: "servicePrincipal"})) == {key}


@pytest.mark.parametrize(
    "address", ["example.com", "203.0.113.7/24", "::1", "203.0.113.0/33", 7]
)
def test_an_address_is_ipv4_or_a_range_of_it(address: object) -> None:
    assert set(mistakes(sku="Premium", allowedIps=[address])) == {"allowedIps"}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"keyId": None}, {"customerKey.keyId"}),
        (
            {"keyId": "mine", "clientId": "x"},
            {"customerKey.keyId", "customerKey.clientId"},
        ),
        ({"keyID": "x"}, {"customerKey.keyID"}),
    ],
)
def test_a_field_of_a_structured_key_is_refused_by_its_path(
    change: dict[str, Any], wrong: set[str]
) -> None:
    key = {k: v for k, v in {**KEY, **change}.items() if v is not None}
    assert set(mistakes(sku="Premium", customerKey=key)) == wrong
