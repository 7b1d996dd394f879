"""Rules for whatever has a location and tags."""

from __future__ import annotations

from typing import Any

import pytest

Judge = Any


@pytest.mark.parametrize("kind", ["group", "registry", "identity", "container"])
def test_a_resource_without_a_required_tag_is_told_which(
    judge: Judge, kind: str
) -> None:
    (message,) = judge("tags-required", {"tags": {"a": "b"}}, kind)
    assert "There is no tag 'environment'. Add it" in message


def test_a_resource_with_all_required_tags_is_passed(judge: Judge) -> None:
    props = {"tags": {"owner": "me", "team": "us", "more": ""}}
    assert not judge("tags-required", props, required=["owner", "team"])


def test_any_location_is_passed_until_some_are_named(judge: Judge) -> None:
    assert not judge("location-allowed", {"location": "westeurope"})


def test_a_location_is_compared_as_azure_does(judge: Judge) -> None:
    props = {"location": "West Europe"}
    assert not judge("location-allowed", props, allowed=["westeurope"])


def test_a_location_that_is_not_allowed_is_told(judge: Judge) -> None:
    (message,) = judge("location-allowed", {"location": "eastus"}, allowed=["uksouth"])
    assert "The location is eastus. Set `location`" in message


def test_a_replica_in_a_region_that_is_not_allowed_is_told(judge: Judge) -> None:
    replication = "azure-native:containerregistry:Replication"
    props = {"location": "eastus"}
    (message,) = judge("location-allowed", props, replication, allowed=["westeurope"])
    assert "The location is eastus." in message
