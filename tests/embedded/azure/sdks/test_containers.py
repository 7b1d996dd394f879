"""The SDK of container groups."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import docker
import pytest
from azure.core.exceptions import (
    HttpResponseError,
    ResourceNotFoundError,
)
from azure.mgmt.containerinstance import ContainerInstanceManagementClient
from azure.mgmt.containerregistry import ContainerRegistryManagementClient
from docker.errors import ImageNotFound

from embedded.machine.base_image import codename, made_name
from tests.embedded.azure.sdks.sdk import BASIC, HERE, Open, finished, refusal

Azure = Any
Json = dict[str, Any]


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
