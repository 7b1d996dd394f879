"""The operations where no Docker Engine answers: the service lives and says so."""

from __future__ import annotations

import pytest

from embedded.azure.service import Json
from tests.embedded.azure.instance.portal import (
    GROUPS,
    IDENTITY,
    RESOURCE_GROUP,
    SUBSCRIPTION,
    Portal,
    container,
    group,
)

pytestmark = pytest.mark.usefixtures("no_engine")

IMAGE = "localhost:1/app:1"
PROVIDER = "providers/Microsoft.ContainerInstance"


def with_identity(image: str) -> Json:
    credential = {"server": "localhost:1", "identity": IDENTITY}
    body = group(container(image), imageRegistryCredentials=[credential])
    identities: Json = {IDENTITY: {}}
    identity = {"type": "UserAssigned", "userAssignedIdentities": identities}
    return {**body, "identity": identity}


def test_a_put_names_the_engine_that_does_not_answer(
    no_engine: str, portal: Portal
) -> None:
    answer = portal.put("web", group(container(IMAGE)))
    assert (answer.status, answer.code) == (409, "ServiceUnavailable")
    assert no_engine in answer.message
    assert "azure stop" in answer.message
    assert portal.call("GET", f"{GROUPS}/web").code == "ResourceNotFound"


def test_a_missing_location_is_refused(no_engine: str, portal: Portal) -> None:
    body = group(container(IMAGE))
    del body["location"]
    assert portal.put("web", body).code == "LocationRequired"


def test_an_unknown_identity_is_refused(no_engine: str, portal: Portal) -> None:
    answer = portal.put("web", with_identity(IMAGE))
    assert answer.code == "FailedIdentityOperation"
    assert IDENTITY in answer.message


def test_an_identity_is_shown_to_its_registry_only(
    no_engine: str, portal: Portal
) -> None:
    portal.add_identity()
    answer = portal.put("web", with_identity(IMAGE))
    assert answer.code == "InaccessibleImage"
    assert "localhost:1" in answer.message
    body = with_identity("lab.azurecr.io/app:1")
    body["properties"]["imageRegistryCredentials"][0]["server"] = "lab.azurecr.io"
    answer = portal.put("web", body)
    assert "cannot sign in to 'lab.azurecr.io'" in answer.message


@pytest.mark.parametrize(
    ("method", "tail"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("POST", "/start"),
        ("POST", "/stop"),
        ("POST", "/restart"),
        ("GET", "/containers/web/logs"),
    ],
)
def test_a_group_that_is_not_there_is_not_found(
    no_engine: str, portal: Portal, method: str, tail: str
) -> None:
    answer = portal.call(method, f"{GROUPS}/none{tail}")
    assert (answer.status, answer.code) == (404, "ResourceNotFound")


def test_delete_of_nothing_is_204(no_engine: str, portal: Portal) -> None:
    assert portal.delete("none").status == 204


@pytest.mark.parametrize("what", ["exec", "attach"])
def test_what_is_not_offered_is_refused_by_name(
    no_engine: str, portal: Portal, what: str
) -> None:
    answer = portal.call("POST", f"{GROUPS}/web/containers/web/{what}")
    assert answer.code == "FeatureNotSupported"
    assert f"'{what}'" in answer.message


def test_lists_are_empty_at_first(no_engine: str, portal: Portal) -> None:
    assert portal.call("GET", GROUPS).body == {"value": []}
    path = f"{SUBSCRIPTION}/{PROVIDER}/containerGroups"
    assert portal.call("GET", path).body == {"value": []}


def test_a_region_tells_what_it_can_do(no_engine: str, portal: Portal) -> None:
    region = f"{SUBSCRIPTION}/{PROVIDER}/locations/westeurope"
    usages = portal.call("GET", f"{region}/usages").body["value"]
    counts = {each["name"]["value"]: each["currentValue"] for each in usages}
    assert counts == {"ContainerGroups": 0, "StandardCores": 0}
    [linux] = portal.call("GET", f"{region}/capabilities").body["value"]
    assert linux["osType"] == "Linux"
    assert portal.call("GET", f"{region}/cachedImages").body == {"value": []}


def test_ids_are_found_in_any_case(no_engine: str, portal: Portal) -> None:
    path = f"{RESOURCE_GROUP}/{PROVIDER}/CONTAINERGROUPS/none".upper()
    assert portal.call("GET", path).code == "ResourceNotFound"
