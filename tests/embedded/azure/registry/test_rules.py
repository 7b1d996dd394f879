"""What a body may say, rule by rule, without any server."""

from __future__ import annotations

import copy
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded.azure.errors import ArmError
from embedded.azure.registry import rules
from embedded.azure.registry.errors import InvalidRegistryName

OFF = {"status": "disabled"}
ON = {"status": "enabled"}
PREMIUM_FEATURES: list[dict[str, Any]] = [
    {"dataEndpointEnabled": True},
    {"networkRuleSet": {"defaultAction": "Deny", "ipRules": []}},
    {"policies": {"quarantinePolicy": ON}},
    {"policies": {"trustPolicy": ON}},
    {"policies": {"retentionPolicy": {"days": 3, **ON}}},
]


def refusal(asked: Any, tier: str) -> str:
    """The code that a body is refused with; empty if it is taken."""
    try:
        rules.check(rules.properties(asked, None), tier)
    except ArmError as error:
        return error.code
    return ""


@pytest.mark.parametrize("asked", PREMIUM_FEATURES, ids=str)
def test_a_premium_feature_is_refused_by_the_lower_tiers(asked: Any) -> None:
    assert refusal(asked, "Basic") == "SkuNotSupported"
    assert refusal(asked, "Standard") == "SkuNotSupported"
    assert refusal(asked, "Premium") == ""


@pytest.mark.parametrize(
    ("asked", "refusals"),
    [
        (
            {"publicNetworkAccess": "Disabled"},
            ["DisablingPublicNetworkAccessNotSupported"] * 2 + [""],
        ),
        ({"anonymousPullEnabled": True}, ["BadRequest", "", ""]),
        ({"adminUserEnabled": True}, ["", "", ""]),
        ({"zoneRedundancy": "Enabled"}, ["", "", ""]),
        (
            {"publicNetworkAccess": "Disabled", "policies": {"exportPolicy": OFF}},
            ["SkuNotSupported"] * 2 + [""],
        ),
        ({"policies": {"softDeletePolicy": {**ON, "retentionDays": 9}}}, [""] * 3),
        (None, ["", "", ""]),
    ],
    ids=str,
)
def test_each_tier_has_what_azure_gives_it(asked: Any, refusals: list[str]) -> None:
    assert [refusal(asked, tier) for tier in rules.TIERS] == refusals


@pytest.mark.parametrize(
    "asked",
    [
        {"adminUserEnabled": "yes"},
        {"adminUserEnabled": {}},
        {"adminUserEnabled": 1},
        {"publicNetworkAccess": "enabled?"},
        {"zoneRedundancy": True},
        {"networkRuleSet": {"defaultAction": "Maybe"}},
        {"networkRuleSet": "none"},
        {"policies": {"retentionPolicy": {"status": "on"}}},
        {"policies": "all"},
        {"encryption": None, "policies": {"trustPolicy": "enabled"}},
        "everything",
        [],
    ],
    ids=str,
)
def test_a_value_that_no_registry_can_have_is_refused_by_name(asked: Any) -> None:
    assert refusal(asked, "Premium") == "InvalidRequestContent"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"encryption": ON}, "FeatureNotSupportedByEmbeddedAzure"),
        ({"policies": {"exportPolicy": OFF}}, "ExportPolicyRequiresPrivateAccess"),
        (
            {"policies": {"softDeletePolicy": ON, "retentionPolicy": ON}},
            "PolicyConflict",
        ),
        ({"policies": {"retentionPolicy": {"days": 366}}}, "InvalidRequestContent"),
        ({"networkRuleSet": {"ipRules": [{"value": "x"}]}}, "InvalidRequestContent"),
    ],
    ids=str,
)
def test_what_does_not_go_together_is_refused(asked: Any, code: str) -> None:
    assert refusal(asked, "Premium") == code


@pytest.mark.parametrize("sku", [None, {}, "Basic", {"name": "Classic"}, {"name": 3}])
def test_an_unknown_sku_is_refused(sku: Any) -> None:
    with pytest.raises(ArmError) as caught:
        rules.check_sku(sku)
    assert caught.value.code == "InvalidSku"


@given(st.sampled_from(rules.TIERS), st.data())
def test_a_sku_is_known_in_any_case(tier: str, data: st.DataObject) -> None:
    cased = "".join(c.upper() if data.draw(st.booleans()) else c.lower() for c in tier)
    assert rules.check_sku({"name": cased}) == tier


@given(st.text(max_size=60) | st.text("aZ0", max_size=60))
def test_a_name_has_5_to_50_letters_and_digits(name: str) -> None:
    good = name.isascii() and name.isalnum() and 5 <= len(name) <= 50
    expected = nullcontext() if good else pytest.raises(InvalidRegistryName)
    with expected:
        rules.check_name(name)


@given(st.sampled_from(PREMIUM_FEATURES))
def test_sending_back_what_was_read_changes_nothing(asked: dict[str, Any]) -> None:
    read = rules.properties(asked, None)
    assert rules.properties(copy.deepcopy(read), read) == read


@given(st.sampled_from(PREMIUM_FEATURES))
def test_azures_defaults_are_the_same_for_the_next_registry(asked: Any) -> None:
    before = copy.deepcopy(rules.DEFAULTS)
    rules.properties(asked, None)
    assert before == rules.DEFAULTS


def test_what_is_read_only_cannot_be_set() -> None:
    asked = {"loginServer": "evil.example", "provisioningState": "Failed"}
    assert rules.properties(asked, None) == rules.DEFAULTS
