"""Registries as ARM resources."""

from __future__ import annotations

import json
import stat
from typing import Any

import pytest

from tests.embedded.azure.registry.registry import (
    KIND,
    NULL_GUID,
    VERSION,
    Registry,
    got,
    push,
    refused,
)

Shop = Any


def test_a_new_registry_has_azures_defaults(shop: Shop) -> None:
    body = got(made := shop.put(shop.path("Defaults01")))
    assert made.status_code == 201
    assert (body["name"], body["type"]) == ("Defaults01", KIND)
    assert body["sku"] == {"name": "Basic", "tier": "Basic"}
    values = body["properties"]
    assert values["provisioningState"] == "Succeeded"
    assert values["adminUserEnabled"] is False
    assert values["publicNetworkAccess"] == "Enabled"
    assert values["policies"]["exportPolicy"] == {"status": "enabled"}
    assert values["loginServer"].startswith("localhost:")


def test_the_same_again_changes_nothing_and_makes_nothing(shop: Shop) -> None:
    registry = shop.make()
    before = registry.body
    again = shop.put(registry.path)
    assert again.status_code == 200
    assert again.json() == before


def test_a_registry_is_found_in_any_case_and_in_both_lists(
    shop: Shop, registry: Registry
) -> None:
    upper = registry.path.replace("resourceGroups", "RESOURCEGROUPS").replace(
        registry.name, registry.name.upper()
    )
    assert got(shop.arm.get(upper, params=VERSION))["id"] == registry.path
    for scope in (shop.group, shop.azure.subscription):
        rows = got(shop.arm.get(f"{scope}/providers/{KIND}", params=VERSION))["value"]
        assert registry.path in [row["id"] for row in rows]


def test_an_unknown_registry_is_not_found(shop: Shop) -> None:
    answer = shop.arm.get(shop.path("nowhere"), params=VERSION)
    assert refused(answer) == (404, "ResourceNotFound")
    unknown = Registry(shop.azure, shop.arm, shop.path("nowhere"))
    assert refused(unknown.post("listCredentials")) == (404, "ResourceNotFound")


@pytest.mark.parametrize("name", ["four", "x" * 51, "with-dash", "dotted.name"])
def test_a_bad_name_is_refused(shop: Shop, name: str) -> None:
    assert refused(shop.put(shop.path(name))) == (400, "RegistryNameInvalid")
    assert not (shop.azure.home / "registries" / name).exists()


def test_a_name_is_unique_over_all_groups_in_any_case(
    shop: Shop, registry: Registry
) -> None:
    group = f"{shop.azure.subscription}/resourceGroups/rg-elsewhere"
    body = {"location": "westeurope"}
    got(shop.arm.put(group, params={"api-version": "2021-04-01"}, json=body))
    path = f"{group}/providers/{KIND}/{registry.name.upper()}"
    assert refused(shop.put(path)) == (409, "AlreadyInUse")


@pytest.mark.parametrize(
    ("name", "expected"), [("free12345", None), ("no!", "Invalid"), ("", "Invalid")]
)
def test_a_name_can_be_checked_before(
    shop: Shop, name: str, expected: str | None
) -> None:
    answer = check_name(shop, name)
    assert answer["nameAvailable"] is (expected is None)
    assert answer.get("reason") == expected


def test_a_name_that_is_taken_is_not_available(shop: Shop, registry: Registry) -> None:
    answer = check_name(shop, registry.name.upper())
    assert (answer["nameAvailable"], answer["reason"]) == (False, "AlreadyExists")
    assert answer["message"]


def check_name(shop: Shop, name: str) -> dict[str, Any]:
    namespace = KIND.partition("/")[0]
    url = f"{shop.azure.subscription}/providers/{namespace}/checkNameAvailability"
    body = {"name": name, "type": KIND}
    return got(shop.arm.post(url, params=VERSION, json=body))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"sku": {"name": "Basic"}}, "LocationRequired"),
        ({"location": "westeurope"}, "InvalidSku"),
        ({"location": "westeurope", "sku": {"name": "Gold"}}, "InvalidSku"),
    ],
)
def test_a_registry_needs_a_location_and_a_sku(
    shop: Shop, body: Any, expected: str
) -> None:
    answer = shop.arm.put(shop.path(), params=VERSION, json=body)
    assert refused(answer) == (400, expected)


def test_a_feature_above_the_tier_is_refused_and_nothing_is_made(shop: Shop) -> None:
    path = shop.path()
    answer = shop.put(path, "Standard", dataEndpointEnabled=True)
    assert refused(answer) == (400, "SkuNotSupported")
    assert "dedicated data endpoint" in answer.text
    assert "Premium" in answer.text
    assert shop.arm.get(path, params=VERSION).status_code == 404


def test_a_registry_cannot_be_moved(shop: Shop, registry: Registry) -> None:
    body = {"location": "eastus", "sku": {"name": "Basic"}}
    answer = shop.arm.put(registry.path, params=VERSION, json=body)
    assert refused(answer) == (409, "InvalidResourceLocation")


def test_the_sku_changes_in_place_with_all_images(shop: Shop) -> None:
    registry = shop.make("Basic")
    with registry.pusher("kept") as client:
        push(client, "kept", "1")
    before = registry.body
    after = got(registry.patch(sku={"name": "premium"}))
    assert after["sku"] == {"name": "Premium", "tier": "Premium"}
    assert after["properties"] == before["properties"]
    with registry.pusher("kept") as client:
        assert client.get("/v2/kept/tags/list").json()["tags"] == ["1"]


def test_a_tier_that_lacks_a_feature_in_use_is_refused(shop: Shop) -> None:
    registry = shop.make(
        "Premium", policies={"quarantinePolicy": {"status": "enabled"}}
    )
    before = registry.body
    answer = registry.patch(sku={"name": "Basic"})
    assert refused(answer) == (400, "SkuNotSupported")
    assert registry.body == before


def test_a_patch_changes_what_it_names_and_nothing_else(shop: Shop) -> None:
    registry = shop.make("Premium", publicNetworkAccess="Disabled")
    after = got(registry.patch(tags={"a": "b"}, properties={"adminUserEnabled": True}))
    assert after["tags"] == {"a": "b"}
    assert after["properties"]["adminUserEnabled"] is True
    assert after["properties"]["publicNetworkAccess"] == "Disabled"
    assert registry.body == after


def test_admin_credentials_are_there_only_while_the_admin_user_is(shop: Shop) -> None:
    registry = shop.make()
    for verb in ("listCredentials", "regenerateCredential"):
        answer = registry.post(verb, name="password")
        assert refused(answer) == (400, "UnAuthorizedForCredentialOperations")
    registry.patch(properties={"adminUserEnabled": True})
    body = got(registry.post("listCredentials"))
    assert body["username"] == registry.name
    assert [one["name"] for one in body["passwords"]] == ["password", "password2"]
    assert len({one["value"] for one in body["passwords"]}) == 2
    assert all(one["value"].isalnum() for one in body["passwords"])


def test_regenerating_one_password_leaves_the_other(shop: Shop) -> None:
    registry = shop.make(adminUserEnabled=True)
    before = got(registry.post("listCredentials"))["passwords"]
    after = got(registry.post("regenerateCredential", name="password2"))["passwords"]
    assert after[0] == before[0]
    assert after[1] != before[1]
    wrong = registry.post("regenerateCredential", name="password3")
    assert refused(wrong) == (400, "InvalidRequestContent")


def test_usage_counts_the_bytes_that_were_pushed(shop: Shop) -> None:
    registry = shop.make("Standard")
    with registry.pusher("big") as client:
        push(client, "big", "1", bytes(100_000))
    rows = got(registry.arm.get(f"{registry.path}/listUsages", params=VERSION))
    size = next(one for one in rows["value"] if one["name"] == "Size")
    assert size["limit"] == 100 * 2**30
    assert 100_000 <= size["currentValue"] < 110_000


def test_no_secret_is_read_back_or_logged(shop: Shop) -> None:
    registry = shop.make(adminUserEnabled=True)
    rows = got(registry.post("listCredentials"))["passwords"]
    refresh = registry.refresh_token()
    token = registry.token("repository:x:pull")
    registry.sign_in(registry.name, rows[0]["value"], "repository:x:pull")
    registry.sign_in(NULL_GUID, "wrong-but-secret", "repository:x:pull")
    secrets = [rows[0]["value"], rows[1]["value"], refresh, token, "wrong-but-secret"]
    logs = (shop.azure.home / "log", registry.folder / "distribution.log")
    said = json.dumps(registry.body) + "".join(log.read_text() for log in logs)
    assert not [one for one in secrets if one in said]


def test_files_with_secrets_are_for_the_owner_only(registry: Registry) -> None:
    modes = {
        name: stat.S_IMODE((registry.folder / name).stat().st_mode)
        for name in ("token.key", "config.yml", ".")
    }
    assert modes == {"token.key": 0o600, "config.yml": 0o600, ".": 0o700}
