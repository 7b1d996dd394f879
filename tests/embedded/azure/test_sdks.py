"""The Azure SDKs for Python, unmodified: create, read, list, delete, and refusals."""

from __future__ import annotations

import io
import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import docker
import pytest
from azure.containerregistry import ArtifactManifestOrder, ContainerRegistryClient
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
)
from azure.core.polling import LROPoller
from azure.identity import ClientSecretCredential
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.containerinstance import ContainerInstanceManagementClient
from azure.mgmt.containerregistry import ContainerRegistryManagementClient
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.resource.resources import ResourceManagementClient
from docker.errors import ImageNotFound

from embedded.machine.base_image import codename, made_name

Azure = Any
Json = dict[str, Any]
HERE = {"location": "westeurope"}
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
#: Without Retry-After a poller sleeps 30 s between two polls.
SOON = 25.0


@pytest.fixture
def credential(azure: Azure) -> Iterator[ClientSecretCredential]:
    with sign_in(azure, azure.connection["clientSecret"]) as made:
        yield made


def sign_in(azure: Azure, secret: str) -> ClientSecretCredential:
    known = azure.connection
    return ClientSecretCredential(
        known["tenantId"],
        known["clientId"],
        secret,
        authority=azure.url,
        disable_instance_discovery=True,
        connection_verify=str(azure.ca_file),
    )


Open = Callable[[Callable[..., Any]], Any]


@pytest.fixture
def open_(azure: Azure, credential: ClientSecretCredential) -> Iterator[Open]:
    """Opens a management client at the local Azure, and closes it at the end."""
    opened: list[AbstractContextManager[Any]] = []

    def run(kind: Callable[..., Any]) -> Any:
        client = kind(
            credential,
            azure.connection["subscriptionId"],
            base_url=azure.url,
            credential_scopes=[f"{azure.url}/.default"],
            connection_verify=str(azure.ca_file),
        )
        opened.append(client)
        return client.__enter__()

    yield run
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def group(open_: Open) -> Iterator[str]:
    """The name of a resource group of the test's own."""
    client, name = open_(ResourceManagementClient), f"rg-{uuid.uuid4().hex[:8]}"
    client.resource_groups.create_or_update(name, HERE)
    yield name
    finished(client.resource_groups.begin_delete(name))


def finished(poller: LROPoller[Any]) -> Any:
    """The result of an operation that must not make its user wait."""
    begun = time.monotonic()
    found = poller.result()
    assert poller.status() in ("Succeeded", "succeeded")
    assert time.monotonic() - begun < SOON
    return found


def refusal(error: HttpResponseError) -> tuple[int | None, str | None]:
    assert error.error is not None
    return error.status_code, error.error.code


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


BASIC: Json = {**HERE, "sku": {"name": "Basic"}}


@pytest.mark.docker
def test_registries(open_: Open, group: str) -> None:
    registries = open_(ContainerRegistryManagementClient).registries
    name = f"r{uuid.uuid4().hex[:10]}"
    asked = {"name": name, "type": "Microsoft.ContainerRegistry/registries"}
    assert registries.check_name_availability(asked).name_available
    made = finished(registries.begin_create(group, name, BASIC))
    assert made.login_server.startswith("localhost:")
    assert not registries.check_name_availability(asked).name_available
    changed = finished(
        registries.begin_update(
            group,
            name,
            {"sku": {"name": "Standard"}, "properties": {"adminUserEnabled": True}},
        )
    )
    assert (changed.sku.name, changed.admin_user_enabled) == ("Standard", True)
    assert registries.get(group, name).login_server == made.login_server
    assert [one.name for one in registries.list_by_resource_group(group)] == [name]
    before = registries.list_credentials(group, name).passwords
    renewed = {"name": "password"}
    after = registries.regenerate_credential(group, name, renewed).passwords
    assert [a.value == b.value for a, b in zip(before, after, strict=True)] == [
        False,
        True,
    ]
    assert "Webhooks" in [one.name for one in registries.list_usages(group, name).value]
    finished(registries.begin_delete(group, name))
    with pytest.raises(ResourceNotFoundError):
        registries.get(group, name)


@pytest.mark.docker
def test_a_registry_is_refused_by_code(open_: Open, group: str) -> None:
    registries = open_(ContainerRegistryManagementClient).registries
    with pytest.raises(HttpResponseError) as caught:
        registries.begin_create(group, "registry1", {**BASIC, "sku": {"name": "Huge"}})
    assert refusal(caught.value) == (400, "InvalidSku")


@pytest.mark.docker
def test_what_hangs_on_a_registry(open_: Open, group: str) -> None:
    client, name = open_(ContainerRegistryManagementClient), f"r{uuid.uuid4().hex[:10]}"
    finished(client.registries.begin_create(group, name, BASIC))
    rights = {"properties": {"actions": ["repositories/app/content/read"]}}
    scope = finished(client.scope_maps.begin_create(group, name, "readers", rights))
    wanted = {"properties": {"scopeMapId": scope.id, "status": "enabled"}}
    token = finished(client.tokens.begin_create(group, name, "reader", wanted))
    told = finished(
        client.registries.begin_generate_credentials(
            group, name, {"tokenId": token.id, "name": "password1"}
        )
    )
    assert told.username == "reader"
    assert told.passwords[0].value
    hook = {"serviceUri": "http://127.0.0.1:9/", "actions": ["push"]}
    asked = {**HERE, "properties": hook}
    finished(client.webhooks.begin_create(group, name, "hook1", asked))
    assert client.webhooks.ping(group, name, "hook1").id
    assert [one.name for one in client.webhooks.list(group, name)] == ["hook1"]
    for many, one in ((client.webhooks, "hook1"), (client.tokens, "reader")):
        finished(many.begin_delete(group, name, one))
    with pytest.raises(HttpResponseError) as caught:
        client.replications.begin_create(group, name, "northeurope", HERE)
    assert refusal(caught.value) == (400, "SkuNotSupported")


@pytest.mark.docker
def test_the_data_plane_of_a_registry(
    azure: Azure, open_: Open, credential: ClientSecretCredential, group: str
) -> None:
    registries, name = (
        open_(ContainerRegistryManagementClient).registries,
        f"r{uuid.uuid4().hex[:10]}",
    )
    server = finished(registries.begin_create(group, name, BASIC)).login_server
    with ContainerRegistryClient(
        server, credential, connection_verify=str(azure.ca_file)
    ) as client:
        digest = push(client, "team/app", "1")
        assert list(client.list_repository_names()) == ["team/app"]
        assert client.get_manifest("team/app", "1").digest == digest
        tags = [one.name for one in client.list_tag_properties("team/app")]
        assert tags == ["1"]
        assert client.get_tag_properties("team/app", "1").digest == digest
        order = ArtifactManifestOrder.LAST_UPDATED_ON_DESCENDING
        [manifest] = client.list_manifest_properties("team/app", order_by=order)
        assert manifest.tags == ["1"]
        layer = client.get_manifest("team/app", "1").manifest["layers"][0]["digest"]
        stream = client.download_blob("team/app", layer)
        assert b"".join(stream) == b"layer"
        client.delete_tag("team/app", "1")
        client.delete_manifest("team/app", digest)
        with pytest.raises(ResourceNotFoundError):
            client.get_manifest_properties("team/app", digest)
        with pytest.raises(ResourceNotFoundError):
            client.get_repository_properties("nobody/has-it")
    with (
        sign_in(azure, "wrong") as wrong,
        ContainerRegistryClient(
            server, wrong, connection_verify=str(azure.ca_file)
        ) as closed,
        pytest.raises(ClientAuthenticationError),
    ):
        list(closed.list_repository_names())


@pytest.mark.docker
def test_attributes_of_images(
    azure: Azure, open_: Open, credential: ClientSecretCredential, group: str
) -> None:
    registries, name = (
        open_(ContainerRegistryManagementClient).registries,
        f"r{uuid.uuid4().hex[:10]}",
    )
    server = finished(registries.begin_create(group, name, BASIC)).login_server
    with ContainerRegistryClient(
        server, credential, connection_verify=str(azure.ca_file)
    ) as client:
        digest, app = push(client, "team/app", "1"), "team/app"
        whole = client.update_repository_properties(app, can_delete=False)
        tag = client.update_tag_properties(app, "1", can_write=False)
        manifest = client.update_manifest_properties(app, digest, can_list=False)
        for changed, shown in (
            (whole, client.get_repository_properties(app)),
            (tag, client.get_tag_properties(app, "1")),
            (manifest, client.get_manifest_properties(app, digest)),
        ):
            assert switches(changed) == switches(shown)
        assert switches(whole) == (False, True, True, True)
        assert switches(tag) == (True, False, True, True)
        assert switches(manifest) == (True, True, False, True)
        assert list(client.list_manifest_properties(app)) == []
        for refused in (client.delete_tag, client.delete_manifest):
            with pytest.raises(HttpResponseError) as caught:
                refused(app, "1")
            assert caught.value.status_code == 405
        client.update_repository_properties(app, can_delete=True)
        client.update_tag_properties(app, "1", can_write=True)
        client.delete_repository(app)


def switches(properties: Any) -> tuple[bool, bool, bool, bool]:
    return (
        properties.can_delete,
        properties.can_write,
        properties.can_list,
        properties.can_read,
    )


def push(client: ContainerRegistryClient, repository: str, tag: str) -> str:
    """An image of one small layer; the digest of its manifest."""

    def add(kind: str, data: bytes) -> Json:
        digest, size = client.upload_blob(repository, io.BytesIO(data))
        media = f"application/vnd.oci.image.{kind}"
        return {"mediaType": media, "digest": digest, "size": size}

    config = json.dumps({"architecture": "amd64", "os": "linux"}).encode()
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": add("config.v1+json", config),
        "layers": [add("layer.v1.tar", b"layer")],
    }
    return str(client.set_manifest(repository, manifest, tag=tag))


@pytest.fixture
def image(open_: Open, group: str) -> Iterator[tuple[str, Json]]:
    """An image with a shell in a registry here, and how it is pulled."""
    registries, name = (
        open_(ContainerRegistryManagementClient).registries,
        f"r{uuid.uuid4().hex[:10]}",
    )
    asked = {**BASIC, "properties": {"adminUserEnabled": True}}
    server = finished(registries.begin_create(group, name, asked)).login_server
    password = registries.list_credentials(group, name).passwords[0].value
    engine = docker.from_env()
    try:
        try:
            base = engine.images.get(made_name(codename()))
        except ImageNotFound:
            pytest.skip("there is no base image; `make test` makes one")
        base.tag(f"{server}/app", "1")
        auth = {"username": name, "password": password}
        engine.images.push(f"{server}/app", tag="1", auth_config=auth)
        yield f"{server}/app:1", {"server": server, **auth}
    finally:
        engine.close()


@pytest.mark.docker
def test_container_groups(open_: Open, group: str, image: tuple[str, Json]) -> None:
    client = open_(ContainerInstanceManagementClient)
    groups = client.container_groups
    name, pull = image
    container = {
        "name": "one",
        "image": name,
        "command": ["/bin/sh", "-c", "echo hello; exec sleep 600"],
        "resources": {"requests": {"cpu": 0.5, "memory_in_gb": 0.5}},
    }
    wanted = {
        **HERE,
        "containers": [container],
        "os_type": "Linux",
        "image_registry_credentials": [pull],
    }
    made = finished(groups.begin_create_or_update(group, "by-sdk", wanted))
    assert made.provisioning_state == "Succeeded"
    assert groups.get(group, "by-sdk").instance_view.state == "Running"
    listed = [one.name for one in groups.list_by_resource_group(group)]
    assert listed == ["by-sdk"]
    assert "hello" in client.containers.list_logs(group, "by-sdk", "one").content
    groups.stop(group, "by-sdk")
    assert groups.get(group, "by-sdk").instance_view.state == "Stopped"
    finished(groups.begin_start(group, "by-sdk"))
    finished(groups.begin_restart(group, "by-sdk"))
    assert groups.get(group, "by-sdk").instance_view.state == "Running"
    finished(groups.begin_delete(group, "by-sdk"))
    with pytest.raises(ResourceNotFoundError):
        groups.get(group, "by-sdk")


@pytest.mark.docker
def test_a_container_group_is_refused_by_code(open_: Open, group: str) -> None:
    groups = open_(ContainerInstanceManagementClient).container_groups
    resources = {"requests": {"cpu": 0, "memory_in_gb": 1}}
    container = {"name": "one", "image": "localhost:1/x:1", "resources": resources}
    wanted = {**HERE, "containers": [container], "os_type": "Linux"}
    with pytest.raises(HttpResponseError) as caught:
        groups.begin_create_or_update(group, "refused", wanted)
    assert refusal(caught.value) == (400, "InvalidResourceRequest")
