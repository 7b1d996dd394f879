"""Flat properties and nested bodies, both ways."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from embedded.providers.azure_native import shape, types
from embedded.providers.azure_native.resource import overlay
from embedded.providers.differences import compare

ROW = types.find("azure-native:containerinstance:ContainerGroup")
VALUES = st.recursive(
    st.booleans() | st.integers(0, 9) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(min_size=1, max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
CONTAINERS = st.lists(
    st.fixed_dictionaries({"name": st.text(max_size=3), "image": st.text(max_size=3)}),
    max_size=3,
)


@given(VALUES, CONTAINERS)
def test_what_goes_to_arm_comes_back(tags: Any, containers: list[Any]) -> None:
    inputs = {"location": "x", "tags": tags, "containers": containers, "osType": "L"}
    assert shape.from_arm(ROW, shape.to_arm(ROW, inputs)) == inputs


def test_paths_and_versions_are_no_part_of_the_body() -> None:
    inputs = {"resourceGroupName": "a", "containerGroupName": "b", "osType": "Linux"}
    body = shape.to_arm(ROW, {**inputs, "azureApiVersion": "v"})
    assert body == {"properties": {"osType": "Linux"}}


def test_identities_are_a_list_here_and_a_map_there() -> None:
    identity = {"type": "UserAssigned", "userAssignedIdentities": ["/a", "/b"]}
    body = shape.to_arm(ROW, {"identity": identity})
    assert body["identity"]["userAssignedIdentities"] == {"/a": {}, "/b": {}}


@given(VALUES)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert compare({"a": value}, {"a": value}) == {}


@given(VALUES, VALUES)
def test_a_difference_is_seen_from_both_sides(one: Any, other: Any) -> None:
    there, back = compare({"a": one}, {"a": other}), compare({"a": other}, {"a": one})
    assert set(there) == set(back)


def test_paths_name_the_place_of_a_difference() -> None:
    old = {"list": [{"k": 1}], "x.y": 1, "gone": 1, "null": None}
    new = {"list": [{"k": 2}, 3], "x.y": 2}
    assert compare(old, new) == {
        "list[0].k": "update",
        "list[1]": "add",
        '["x.y"]': "update",
        "gone": "delete",
    }


def test_only_what_changed_in_the_cloud_is_taken_over() -> None:
    wanted = {"a": [{"name": "x", "secret": "s"}], "b": 1}
    before = {"a": [{"name": "x", "state": "old"}], "b": 1}
    now = {"a": [{"name": "y", "state": "new"}], "b": 1, "more": 2}
    assert overlay(wanted, before, now) == {
        "a": [{"name": "y", "secret": "s"}],
        "b": 1,
    }
