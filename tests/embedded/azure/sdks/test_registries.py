"""The SDKs of registries, of what hangs on them, and of their data plane."""

from __future__ import annotations

import io
import json
import uuid
from typing import Any

import pytest
from azure.containerregistry import ArtifactManifestOrder, ContainerRegistryClient
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
)
from azure.identity import ClientSecretCredential
from azure.mgmt.containerregistry import ContainerRegistryManagementClient

from tests.embedded.azure.sdks.sdk import BASIC, HERE, Open, finished, refusal, sign_in

Azure = Any
Json = dict[str, Any]


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
