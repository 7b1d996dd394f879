"""Network rules decide who reaches the data plane, and changes count at once."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded.azure.registry.front.door import is_open
from tests.embedded.azure.registry.registry import Registry, got, refused

Shop = Any
RULES = {"defaultAction": "Deny", "ipRules": []}


def reach(registry: Registry) -> httpx.Response:
    with registry.http() as client:
        return client.get("/v2/")


def test_a_registry_without_public_access_refuses_everybody(shop: Shop) -> None:
    registry = shop.make("Premium", publicNetworkAccess="Disabled")
    answer = reach(registry)
    assert refused(answer) == (403, "DENIED")
    assert "127.0.0.1" in answer.text
    assert refused(registry.exchange("token")) == (403, "DENIED")


@pytest.mark.parametrize(
    ("addresses", "status"),
    [(["203.0.113.7"], 403), (["203.0.113.7", "127.0.0.0/8"], 401)],
)
def test_an_address_that_is_not_on_the_list_gets_no_answer(
    shop: Shop, addresses: list[str], status: int
) -> None:
    rules = [{"action": "Allow", "value": one} for one in addresses]
    registry = shop.make("Premium", networkRuleSet={**RULES, "ipRules": rules})
    assert reach(registry).status_code == status


def test_opening_and_closing_count_at_once(shop: Shop) -> None:
    registry = shop.make("Premium")
    assert reach(registry).status_code == 401
    got(registry.patch(properties={"networkRuleSet": RULES}))
    assert reach(registry).status_code == 403
    got(registry.patch(properties={"networkRuleSet": {"defaultAction": "Allow"}}))
    assert reach(registry).status_code == 401


@given(st.ip_addresses(v=4), st.integers(0, 32))
def test_a_range_lets_in_exactly_its_own(address: Any, prefix: int) -> None:
    network = IPv4Network((int(address), prefix), strict=False)
    rule = [{"value": str(network)}]
    properties = {
        "publicNetworkAccess": "Enabled",
        "networkRuleSet": {**RULES, "ipRules": rule},
    }
    assert is_open(properties, str(address))
    outside = int(network.broadcast_address) + 1
    if outside < 2**32:
        assert not is_open(properties, str(IPv4Address(outside)))
