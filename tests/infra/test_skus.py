"""The table of tiers."""

from __future__ import annotations

import pytest

from infra.skus import SKUS


def test_there_are_three_tiers_and_each_has_at_least_what_the_one_below_has() -> None:
    assert list(SKUS) == ["Basic", "Standard", "Premium"]
    basic, standard, premium = SKUS.values()
    assert basic.included_gib < standard.included_gib < premium.included_gib


@pytest.mark.parametrize("name", SKUS)
def test_a_tier_is_found_under_its_own_name(name: str) -> None:
    assert SKUS[name].name == name
