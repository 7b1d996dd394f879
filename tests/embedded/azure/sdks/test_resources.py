"""The SDKs of resource groups, identities and roles: create, read, list, delete."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
)
from azure.identity import ClientSecretCredential
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.resource.resources import ResourceManagementClient

from tests.embedded.azure.sdks.sdk import HERE, Open, finished, refusal, sign_in

Azure = Any
Json = dict[str, Any]
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"


def test_a_credential_gets_tokens_and_a_wrong_secret_gets_none(
    azure: Azure, credential: ClientSecretCredential
) -> None:
    token = credential.get_token(f"{azure.url}/.default")
    assert 3000 < token.expires_on - time.time() <= 3600
    with (
        sign_in(azure, "wrong") as other,
        pytest.raises(ClientAuthenticationError, match="AADSTS7000215"),
    ):
        other.get_token(f"{azure.url}/.default")


def test_resource_groups(open_: Open) -> None:
    groups = open_(ResourceManagementClient).resource_groups
    name = f"rg-{uuid.uuid4().hex[:8]}"
    made = groups.create_or_update(name, {**HERE, "tags": {"kind": name}})
    assert made.properties.provisioning_state == "Succeeded"
    assert groups.check_existence(name)
    changed = groups.update(name, {"tags": {"kind": name, "more": "yes"}})
    assert changed.tags["more"] == "yes"
    wanted = f"tagName eq 'kind' and tagValue eq '{name}'"
    assert [one.name for one in groups.list(filter=wanted)] == [name]
    finished(groups.begin_delete(name))
    assert not groups.check_existence(name)
    with pytest.raises(ResourceNotFoundError) as caught:
        groups.get(name)
    assert refusal(caught.value) == (404, "ResourceGroupNotFound")


def test_what_is_in_a_group_is_listed_and_its_provider_is_registered(
    open_: Open, group: str
) -> None:
    identities = open_(ManagedServiceIdentityClient).user_assigned_identities
    identities.create_or_update(group, "inside", HERE)
    client = open_(ResourceManagementClient)
    found = [one.name for one in client.resources.list_by_resource_group(group)]
    assert found == ["inside"]
    provider = client.providers.get("Microsoft.ManagedIdentity")
    assert provider.registration_state == "Registered"


def test_identities(open_: Open, group: str) -> None:
    identities = open_(ManagedServiceIdentityClient).user_assigned_identities
    made = identities.create_or_update(group, "puller", HERE)
    assert uuid.UUID(made.client_id) != uuid.UUID(made.principal_id)
    assert identities.get(group, "puller").principal_id == made.principal_id
    listed = [one.name for one in identities.list_by_resource_group(group)]
    assert listed == ["puller"]
    identities.delete(group, "puller")
    with pytest.raises(ResourceNotFoundError) as caught:
        identities.get(group, "puller")
    assert refusal(caught.value)[0] == 404


def test_role_assignments(open_: Open, group: str) -> None:
    identities = open_(ManagedServiceIdentityClient).user_assigned_identities
    principal = identities.create_or_update(group, "puller", HERE).principal_id
    client = open_(AuthorizationManagementClient)
    scope = open_(ResourceManagementClient).resource_groups.get(group).id
    [role] = client.role_definitions.list(scope, filter="roleName eq 'AcrPull'")
    assert role.name == ACR_PULL
    body = {"properties": {"role_definition_id": role.id, "principal_id": principal}}
    wanted: Json = {**body["properties"], "principal_type": "ServicePrincipal"}
    name = str(uuid.uuid4())
    made = client.role_assignments.create(scope, name, wanted)
    assert made.principal_id == principal
    assert client.role_assignments.get(scope, name).scope == scope
    listed = client.role_assignments.list_for_scope(
        scope, filter=f"principalId eq '{principal}'"
    )
    assert [one.name for one in listed] == [name]
    with pytest.raises(HttpResponseError) as caught:
        client.role_assignments.create(scope, str(uuid.uuid4()), wanted)
    assert refusal(caught.value) == (409, "RoleAssignmentExists")
    client.role_assignments.delete(scope, name)
    with pytest.raises(ResourceNotFoundError):
        client.role_assignments.get(scope, name)
