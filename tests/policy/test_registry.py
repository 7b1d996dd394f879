"""Rules for registries: what they accept, and what they say of the rest."""

from __future__ import annotations

from typing import Any

import pytest

Judge = Any
BASIC = {"sku": {"name": "Basic"}}
PREMIUM = {"sku": {"name": "Premium"}}
CLOSED = {**PREMIUM, "publicNetworkAccess": "Disabled"}


def rules(*addresses: str) -> dict[str, Any]:
    listed = [{"action": "Allow", "iPAddressOrRange": one} for one in addresses]
    return {**PREMIUM, "networkRuleSet": {"defaultAction": "Deny", "ipRules": listed}}


def retained(days: int, status: str = "enabled") -> dict[str, Any]:
    policy = {"retentionPolicy": {"days": days, "status": status}}
    return {**PREMIUM, "policies": policy}


@pytest.mark.parametrize(
    ("rule", "props"),
    [
        ("registry-admin-user-off", {"adminUserEnabled": False}),
        ("registry-admin-user-off", {}),
        ("registry-anonymous-pull-off", {"anonymousPullEnabled": False}),
        ("registry-sku-allowed", BASIC),
        ("registry-tier-has-features", BASIC),
        ("registry-tier-has-features", CLOSED),
        (
            "registry-tier-has-features",
            {"sku": {"name": "Standard"}, "anonymousPullEnabled": True},
        ),
        ("registry-network-restricted", BASIC),
        ("registry-network-restricted", CLOSED),
        ("registry-network-restricted", rules()),
        ("registry-address-ranges-narrow", BASIC),
        ("registry-address-ranges-narrow", rules("203.0.113.7", "203.0.113.0/28")),
        ("registry-retention", BASIC),
        ("registry-retention", retained(30)),
        ("registry-export-off", BASIC),
        (
            "registry-export-off",
            {**CLOSED, "policies": {"exportPolicy": {"status": "disabled"}}},
        ),
        ("registry-trusted-services", CLOSED),
        ("registry-trusted-services", {"networkRuleBypassOptions": "None"}),
        ("registry-no-content-trust", PREMIUM),
        (
            "registry-arm-tokens-off",
            {"policies": {"azureADAuthenticationAsArmPolicy": {"status": "disabled"}}},
        ),
    ],
)
def test_a_good_registry_is_passed(
    judge: Judge, rule: str, props: dict[str, Any]
) -> None:
    assert judge(rule, props) == []


@pytest.mark.parametrize(
    ("rule", "props", "said"),
    [
        ("registry-admin-user-off", {"adminUserEnabled": True}, "is true. Leave"),
        ("registry-anonymous-pull-off", {"anonymousPullEnabled": True}, "is true."),
        ("registry-sku-allowed", {"sku": {"name": "Classic"}}, "tier is Classic."),
        ("registry-sku-allowed", {}, "tier is not set."),
        (
            "registry-tier-has-features",
            {**BASIC, "publicNetworkAccess": "Disabled"},
            "`publicNetworkAccess` needs Premium, and the tier is Basic.",
        ),
        (
            "registry-tier-has-features",
            {**BASIC, "anonymousPullEnabled": True},
            "needs Standard or Premium",
        ),
        (
            "registry-tier-has-features",
            {**BASIC, "networkRuleSet": {"defaultAction": "Allow"}},
            "`networkRuleSet` needs Premium",
        ),
        (
            "registry-tier-has-features",
            {**BASIC, "policies": {"retentionPolicy": {"status": "Enabled"}}},
            "`policies.retentionPolicy.status` needs Premium",
        ),
        ("registry-network-restricted", PREMIUM, "open to the whole internet"),
        ("registry-address-ranges-narrow", rules("0.0.0.0/0"), "lets 4294967296"),
        ("registry-address-ranges-narrow", rules("office"), "'office' in"),
        ("registry-retention", PREMIUM, "for ever"),
        ("registry-retention", retained(31), "kept for 31 days"),
        ("registry-retention", retained(7, "disabled"), "for ever"),
        ("registry-export-off", CLOSED, "can still be exported"),
        (
            "registry-trusted-services",
            {**CLOSED, "networkRuleBypassOptions": "None"},
            "closed network. Leave `network_rule_bypass_options` out",
        ),
        (
            "registry-no-content-trust",
            {**PREMIUM, "policies": {"trustPolicy": {"status": "enabled"}}},
            "is enabled. Take `trust_policy` out",
        ),
        ("registry-arm-tokens-off", BASIC, "every token of ARM"),
    ],
)
def test_a_bad_registry_is_told_what_to_change(
    judge: Judge, rule: str, props: dict[str, Any], said: str
) -> None:
    (message,) = judge(rule, props)
    assert said in message


def test_the_tiers_that_are_allowed_can_be_configured(judge: Judge) -> None:
    assert judge("registry-sku-allowed", PREMIUM, allowed=["Basic"])
    assert not judge("registry-sku-allowed", BASIC, allowed=["Basic"])


def test_the_widest_range_can_be_configured(judge: Judge) -> None:
    rule, props = "registry-address-ranges-narrow", rules("203.0.113.0/28")
    assert judge(rule, props, shortestPrefix=30)


def test_the_longest_retention_can_be_configured(judge: Judge) -> None:
    assert judge("registry-retention", retained(8), mostDays=7)


def test_every_feature_above_the_tier_is_told_at_once(judge: Judge) -> None:
    props = {**BASIC, "dataEndpointEnabled": True, "anonymousPullEnabled": True}
    assert len(judge("registry-tier-has-features", props)) == 2


@pytest.mark.parametrize(
    "token",
    [
        "azure-native:containerregistry/v20230701:Registry",
        "azure-native_containerregistry_v20251101:containerregistry:Registry",
    ],
)
def test_any_api_version_of_a_registry_is_judged(judge: Judge, token: str) -> None:
    assert judge("registry-admin-user-off", {"adminUserEnabled": True}, token)


def test_a_resource_of_another_type_is_none_of_its_business(judge: Judge) -> None:
    assert not judge("registry-admin-user-off", {"adminUserEnabled": True}, "identity")


def test_what_a_preview_does_not_know_is_no_violation(
    judge: Judge, unknown: str
) -> None:
    assert not judge("registry-sku-allowed", {"sku": {"name": unknown}})
