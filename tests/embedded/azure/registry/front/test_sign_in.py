"""Who gets which token at a registry, and what each opens."""

from __future__ import annotations

from typing import Any

import httpx
import jwt
import pytest

from tests.embedded.azure.registry.registry import (
    AUDIENCE,
    NULL_GUID,
    Registry,
    access,
    claims,
    expired,
    got,
    granted,
    pull,
    push,
    refused,
)

Azure = Any
Identity = Any
Shop = Any
EVERYTHING = "repository:app:pull,push,delete,metadata_read,metadata_write"
UNAUTHORIZED = (401, "UNAUTHORIZED")


def challenge(answer: httpx.Response) -> str:
    assert answer.status_code == 401, answer.text
    return answer.headers["www-authenticate"]


def test_without_a_token_the_registry_says_where_to_get_one(registry: Registry) -> None:
    with registry.http() as client:
        text = challenge(client.get("/v2/"))
    realm = f"https://{registry.login_server}/oauth2/token"
    assert text.startswith("Bearer ")
    assert f'realm="{realm}"' in text
    assert f'service="{registry.login_server}"' in text


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/v2/_catalog", "registry:catalog:*"),
        ("/v2/a/b/manifests/1", "repository:a/b:pull"),
        ("/acr/v1/_catalog", "registry:catalog:*"),
        ("/acr/v1/a/b/_tags", "repository:a/b:metadata_read"),
    ],
)
def test_the_challenge_names_the_scope_that_is_needed(
    registry: Registry, path: str, scope: str
) -> None:
    with registry.http() as client:
        answer = client.get(path)
    assert f'scope="{scope}"' in challenge(answer)
    assert f'service="{registry.login_server}"' in challenge(answer)
    assert refused(answer) == UNAUTHORIZED


def test_a_token_of_entra_is_exchanged_and_opens_the_registry(
    registry: Registry, azure: Azure
) -> None:
    refresh = got(registry.exchange(azure.token(AUDIENCE)))["refresh_token"]
    found = claims(refresh)
    assert found["grant_type"] == "refresh_token"
    assert found["aud"] == registry.login_server
    assert found["exp"] - found["iat"] == 3 * 60 * 60
    token = access(registry.sign_in(NULL_GUID, refresh, "repository:app:pull"))
    with registry.http(token) as client:
        assert client.get("/v2/").status_code == 200


@pytest.mark.parametrize("audience", [None, "https://management.azure.com"])
def test_a_token_for_arm_is_exchanged_too(
    registry: Registry, azure: Azure, audience: str | None
) -> None:
    assert registry.exchange(azure.token(audience)).status_code == 200


def test_a_token_for_another_audience_is_refused(
    registry: Registry, azure: Azure
) -> None:
    answer = registry.exchange(azure.token("https://graph.microsoft.com"))
    assert refused(answer) == UNAUTHORIZED


def test_where_tokens_for_arm_are_turned_off_only_those_for_registries_count(
    shop: Shop, azure: Azure
) -> None:
    policy = {"azureADAuthenticationAsArmPolicy": {"status": "disabled"}}
    strict = shop.make(policies=policy)
    assert refused(strict.exchange(azure.token())) == UNAUTHORIZED
    assert strict.exchange(azure.token(AUDIENCE)).status_code == 200


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
def test_what_is_no_token_is_refused(registry: Registry, token: str) -> None:
    assert refused(registry.exchange(token)) == UNAUTHORIZED


def test_a_token_that_entra_did_not_sign_is_refused(
    registry: Registry, azure: Azure
) -> None:
    known = claims(azure.token(AUDIENCE))
    forged = jwt.encode(known, "a secret of more than 32 bytes of length", "HS256")
    assert refused(registry.exchange(forged)) == UNAUTHORIZED


def test_one_without_any_role_gets_no_refresh_token(
    registry: Registry, identity: Identity
) -> None:
    assert refused(registry.exchange(identity.token())) == UNAUTHORIZED


READS = ["pull", "metadata_read"]


@pytest.mark.parametrize(
    ("role", "expected", "catalog"),
    [
        ("AcrPull", READS, True),
        ("Reader", READS, True),
        ("AcrPush", [*READS, "push", "metadata_write"], True),
        ("AcrDelete", ["delete"], False),
        ("Contributor", [*READS, "push", "delete", "metadata_write"], True),
    ],
)
def test_a_role_opens_what_azure_says(
    registry: Registry,
    identity: Identity,
    role: str,
    expected: list[str],
    catalog: bool,
) -> None:
    identity.grant(role, registry.path)
    asked = (EVERYTHING, "registry:catalog:*")
    found = granted(registry.token(*asked, entra_token=identity.token()))
    assert sorted(found.pop("app")) == sorted(expected)
    assert found == ({"catalog": ["*"]} if catalog else {})


def test_one_who_may_only_pull_cannot_push_even_with_the_token_for_it(
    registry: Registry, identity: Identity
) -> None:
    with registry.pusher("pull-only") as owner:
        push(owner, "pull-only", "1")
    identity.grant("AcrPull", registry.path)
    scope = "repository:pull-only:pull,push"
    token = registry.token(scope, entra_token=identity.token())
    with registry.http(token) as client:
        assert pull(client, "pull-only", "1").status_code == 200
        answer = client.post("/v2/pull-only/blobs/uploads/")
        assert "insufficient_scope" in challenge(answer)
        body = b"{}"
        put = client.put("/v2/pull-only/manifests/2", content=body)
        assert put.status_code == 401


def test_a_token_for_one_repository_does_not_open_another(registry: Registry) -> None:
    for name in ("mine", "yours"):
        with registry.pusher(name) as client:
            push(client, name, "1")
    with registry.http(registry.token("repository:mine:pull")) as client:
        assert pull(client, "mine", "1").status_code == 200
        assert pull(client, "yours", "1").status_code == 401


def test_a_role_on_one_registry_opens_no_other(
    registry: Registry, other: Registry, identity: Identity
) -> None:
    identity.grant("AcrPull", registry.path)
    assert registry.exchange(identity.token()).status_code == 200
    assert refused(other.exchange(identity.token())) == UNAUTHORIZED


def test_a_role_on_the_group_opens_its_registries(
    registry: Registry, identity: Identity, shop: Shop
) -> None:
    identity.grant("AcrPull", shop.group)
    assert registry.exchange(identity.token()).status_code == 200


def test_tokens_of_one_registry_are_worthless_at_another(
    registry: Registry, other: Registry
) -> None:
    refresh = registry.refresh_token()
    answer = other.sign_in(NULL_GUID, refresh, "repository:app:pull")
    assert refused(answer) == UNAUTHORIZED
    with other.http(registry.token(EVERYTHING)) as client:
        assert client.get("/v2/").status_code == 401
        assert client.get("/v2/app/tags/list").status_code == 401
        assert client.get("/acr/v1/app/_tags").status_code == 401


def test_a_role_that_was_taken_away_grants_nothing_any_more(
    registry: Registry, identity: Identity
) -> None:
    assignment = identity.grant("AcrPull", registry.path)
    refresh = registry.refresh_token(identity.token())
    identity.revoke(assignment)
    token = access(registry.sign_in(NULL_GUID, refresh, "repository:app:pull"))
    assert granted(token) == {}


def test_the_refresh_token_of_a_deleted_identity_is_refused(
    registry: Registry, identity: Identity
) -> None:
    identity.grant("AcrPull", registry.path)
    refresh = registry.refresh_token(identity.token())
    identity.delete()
    answer = registry.sign_in(NULL_GUID, refresh, "repository:app:pull")
    assert refused(answer) == UNAUTHORIZED


def test_expired_tokens_are_refused(registry: Registry) -> None:
    token = registry.token("repository:app:pull", "registry:catalog:*")
    for path in ("/v2/", "/v2/_catalog", "/acr/v1/_catalog"):
        with registry.http(token) as client:
            assert client.get(path).status_code == 200
        with registry.http(expired(registry, token)) as client:
            assert client.get(path).status_code == 401
    refresh = expired(registry, registry.refresh_token())
    answer = registry.sign_in(NULL_GUID, refresh, "repository:app:pull")
    assert refused(answer) == UNAUTHORIZED


def test_an_access_token_is_no_refresh_token_and_the_other_way_round(
    registry: Registry,
) -> None:
    refresh = registry.refresh_token()
    answer = registry.sign_in("<token>", registry.token(EVERYTHING), EVERYTHING)
    assert refused(answer) == UNAUTHORIZED
    with registry.http(refresh) as client:
        assert client.get("/v2/app/tags/list").status_code == 401
        assert client.get("/acr/v1/app/_tags").status_code == 401


def test_the_admin_user_signs_in_only_while_it_is_enabled(shop: Shop) -> None:
    registry = shop.make(adminUserEnabled=True)
    rows = got(registry.post("listCredentials"))["passwords"]
    for row in rows:
        token = access(registry.sign_in(registry.name, row["value"], EVERYTHING))
        assert len(granted(token)["app"]) == 5
    first = rows[0]["value"]
    assert refused(registry.sign_in(registry.name, "wrong", EVERYTHING)) == UNAUTHORIZED
    registry.patch(properties={"adminUserEnabled": False})
    assert refused(registry.sign_in(registry.name, first, EVERYTHING)) == UNAUTHORIZED


def test_an_old_admin_password_is_refused_after_its_regeneration(shop: Shop) -> None:
    registry = shop.make(adminUserEnabled=True)
    old = got(registry.post("listCredentials"))["passwords"][0]["value"]
    new = got(registry.post("regenerateCredential", name="password"))["passwords"]
    assert refused(registry.sign_in(registry.name, old, EVERYTHING)) == UNAUTHORIZED
    assert registry.sign_in(registry.name, new[0]["value"], EVERYTHING).is_success


def test_turning_the_admin_user_off_ends_its_refresh_tokens(shop: Shop) -> None:
    registry = shop.make(adminUserEnabled=True)
    password = got(registry.post("listCredentials"))["passwords"][0]["value"]
    query = {"service": registry.login_server, "offline_token": "true"}
    with registry.http() as client:
        auth = (registry.name, password)
        body = got(client.get("/oauth2/token", params=query, auth=auth))
    refresh = body["refresh_token"]
    assert registry.sign_in(NULL_GUID, refresh, EVERYTHING).is_success
    registry.patch(properties={"adminUserEnabled": False})
    assert refused(registry.sign_in(NULL_GUID, refresh, EVERYTHING)) == UNAUTHORIZED


@pytest.mark.parametrize("which", ["admin", "application"])
def test_a_password_may_hold_any_character_and_is_refused_all_the_same(
    shop: Shop, azure: Azure, which: str
) -> None:
    registry = shop.make(adminUserEnabled=True)
    name = registry.name if which == "admin" else azure.connection["clientId"]
    with registry.http() as client:
        form = {"grant_type": "password", "username": name, "password": "pässwörd"}
        answer = client.post("/oauth2/token", data=form)
    assert refused(answer) == UNAUTHORIZED


def test_a_service_principal_signs_in_with_its_client_secret(
    registry: Registry, azure: Azure
) -> None:
    known = azure.connection
    name, secret = known["clientId"], known["clientSecret"]
    token = access(registry.sign_in(name, secret, EVERYTHING))
    assert len(granted(token)["app"]) == 5
    assert refused(registry.sign_in(name, "wrong", EVERYTHING)) == UNAUTHORIZED


@pytest.mark.parametrize(
    "name", ["somebody", "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9", ""]
)
def test_an_unknown_user_is_refused(registry: Registry, name: str) -> None:
    assert refused(registry.sign_in(name, "any", EVERYTHING)) == UNAUTHORIZED


@pytest.mark.parametrize("header", ["Basic ???", "Basic", "Digest x", "Bearer x", "x"])
def test_a_header_that_signs_nobody_in_is_refused(
    registry: Registry, header: str
) -> None:
    with registry.http() as client:
        headers = {"Authorization": header}
        answer = client.get("/oauth2/token", headers=headers)
    assert refused(answer) == UNAUTHORIZED


def test_the_form_of_oauth_works_with_several_scopes_in_one_text(
    registry: Registry,
) -> None:
    form = {
        "grant_type": "refresh_token",
        "service": registry.login_server,
        "refresh_token": registry.refresh_token(),
        "scope": "repository:a:pull repository:b:push,pull",
    }
    with registry.http() as client:
        body = got(client.post("/oauth2/token", data=form))
    assert granted(body["access_token"]) == {"a": ["pull"], "b": ["push", "pull"]}
    assert body["token"] == body["access_token"]
    assert body["expires_in"] >= 60
    assert "refresh_token" not in body


@pytest.mark.parametrize("grant", ["", "device_code"])
def test_an_unknown_grant_is_refused(registry: Registry, grant: str) -> None:
    with registry.http() as client:
        answer = client.post("/oauth2/token", data={"grant_type": grant})
        assert answer.status_code in (400, 401)
        answer = client.post("/oauth2/exchange", data={"grant_type": grant})
        assert refused(answer) == (400, "UNSUPPORTED")


def test_anybody_may_pull_and_nothing_else_where_that_is_enabled(shop: Shop) -> None:
    registry = shop.make("Standard", anonymousPullEnabled=True)
    with registry.pusher("free") as client:
        push(client, "free", "1")
    query = {"service": registry.login_server, "scope": "repository:free:pull,push"}
    with registry.http() as client:
        token = access(client.get("/oauth2/token", params=query))
    assert granted(token) == {"free": ["pull"]}
    with registry.http(token) as client:
        assert pull(client, "free", "1").status_code == 200
        assert client.post("/v2/free/blobs/uploads/").status_code == 401
    registry.patch(properties={"anonymousPullEnabled": False})
    with registry.http() as client:
        answer = client.get("/oauth2/token", params=query)
    assert refused(answer) == UNAUTHORIZED


@pytest.mark.parametrize(
    ("mode", "role", "opened"),
    [
        ("LegacyRegistryPermissions", "AcrPull", True),
        ("LegacyRegistryPermissions", "Container Registry Repository Reader", False),
        ("AbacRepositoryPermissions", "AcrPull", False),
        ("AbacRepositoryPermissions", "Container Registry Repository Reader", True),
    ],
)
def test_a_registry_heeds_the_roles_of_its_mode_only(
    shop: Shop, identity: Identity, mode: str, role: str, opened: bool
) -> None:
    registry = shop.make()
    got(registry.patch(properties={"roleAssignmentMode": mode}))
    identity.grant(role, registry.path)
    answer = registry.exchange(identity.token())
    assert (answer.status_code == 200) is opened
