"""Images of container groups: pulled, refused, superseded, and taken away again."""

from __future__ import annotations

from collections.abc import Callable

import docker
import pytest

from tests import docker_client
from tests.embedded.azure.instance.portal import (
    GROUPS,
    Portal,
    container,
    group,
    image_names,
)

pytestmark = pytest.mark.docker

Push = Callable[..., str]


def test_an_update_keeps_the_address_and_takes_the_new_image(
    lab: Portal, image: str, push: Push, engine: docker.DockerClient
) -> None:
    lab.put("updated", group(container(image)))
    before = lab.address("updated")
    assert lab.variables("updated")["VERSION"] == "1"
    newer = push("2", VERSION="2")
    assert lab.put("updated", group(container(newer))).status == 200
    assert lab.address("updated") == before
    assert lab.variables("updated")["VERSION"] == "2"
    assert newer in image_names(engine)
    lab.delete("updated")


def test_a_tag_that_moved_is_pulled_again(
    lab: Portal, push: Push, engine: docker.DockerClient
) -> None:
    body = group(container(push("moving", VERSION="old")))
    lab.put("moved", body)
    assert lab.variables("moved")["VERSION"] == "old"
    push("moving", VERSION="new")
    lab.put("moved", body)
    assert lab.variables("moved")["VERSION"] == "new"
    lab.delete("moved")
    assert not any("moving" in name for name in image_names(engine))


@pytest.mark.parametrize("again", ["put", "restart"])
def test_an_image_that_is_here_is_used_only_if_the_registry_has_the_same(
    lab: Portal, push: Push, engine: docker.DockerClient, again: str
) -> None:
    old, new = f"{again}-old", f"{again}-new"
    name = push("stale", VERSION=old)
    mine = engine.images.pull(name, auth_config={})
    body = group(container(name))
    lab.put("stale", body)
    assert lab.variables("stale")["VERSION"] == old
    push("stale", VERSION=new)
    mine.tag(name)
    if again == "put":
        lab.put("stale", body)
    else:
        lab.call("POST", f"{GROUPS}/stale/restart")
    assert lab.variables("stale")["VERSION"] == new
    lab.delete("stale")
    engine.images.remove(name, force=True)


def test_a_digest_names_an_image(
    lab: Portal, image: str, engine: docker.DockerClient
) -> None:
    digest = engine.images.get_registry_data(image, {}).id
    pinned = f"{image.rsplit(':', 1)[0]}@{digest}"
    answer = lab.put("pinned", group(container(pinned), restartPolicy="Never"))
    assert answer.body["properties"]["provisioningState"] == "Succeeded", answer.body
    lab.delete("pinned")


def test_an_image_for_another_platform_is_refused_by_name(
    lab: Portal, registry: str, engine: docker.DockerClient
) -> None:
    other = f"{registry}/app:arm"
    docker_client.load_image(other, "arm64")
    engine.api.push(f"{registry}/app", tag="arm", auth_config={})
    engine.images.remove(other)
    answer = lab.put("other", group(container(other)))
    assert (answer.status, answer.code) == (400, "ImageOsTypeNotMatchContainerGroup")
    assert "doesn't support specified OS 'Linux'" in answer.message
    assert "It is for linux/arm64, and linux/amd64 is what is run" in answer.message
    assert lab.call("GET", f"{GROUPS}/other").status == 404
    assert other not in image_names(engine)


def test_delete_leaves_an_image_that_was_there_before(
    lab: Portal, image: str, push: Push, engine: docker.DockerClient
) -> None:
    mine = push("mine", VERSION="mine")
    engine.images.pull(mine, auth_config={})
    lab.put("borrower", group(container(mine)))
    lab.delete("borrower")
    assert mine in image_names(engine)
    engine.images.remove(mine)


def test_an_image_goes_with_the_last_of_its_groups(
    lab: Portal, push: Push, engine: docker.DockerClient
) -> None:
    shared = push("shared", VERSION="shared")
    for name in ("one", "two"):
        lab.put(name, group(container(shared)))
    lab.delete("one")
    assert shared in image_names(engine)
    lab.delete("two")
    assert shared not in image_names(engine)


def test_an_image_that_is_not_there_is_refused_at_once(
    lab: Portal, registry: str, image: str
) -> None:
    missing = f"{registry}/app:nowhere"
    answer = lab.put("none", group(container(missing)))
    assert (answer.status, answer.code) == (400, "InaccessibleImage")
    text = f"The image '{missing}' in container group 'none' is not accessible."
    assert answer.message.startswith(text)
    assert lab.call("GET", f"{GROUPS}/none").status == 404


def test_a_password_opens_a_locked_registry(
    lab: Portal, image: str, locked_registry: str
) -> None:
    locked = image.replace(image.split("/")[0], locked_registry)
    body = group(container(locked))
    assert lab.put("locked", body).code == "InaccessibleImage"
    credential = {
        "server": locked_registry,
        "username": "diver",
        "password": "catfish",
    }
    body["properties"]["imageRegistryCredentials"] = [credential]
    assert lab.put("locked", body).code == "InaccessibleImage"
    credential["password"] = "swordfish"
    assert lab.put("locked", body).status == 201
    shown = lab.get("locked")["properties"]["imageRegistryCredentials"]
    assert shown == [{"server": locked_registry, "username": "diver"}]
    lab.delete("locked")


def test_a_registry_that_is_down_is_named(lab: Portal) -> None:
    answer = lab.put("down", group(container("localhost:1/app:1")))
    assert answer.code == "RegistryErrorResponse"
    assert "'localhost:1'" in answer.message
