"""The inputs of a build of ``docker.Image``, on a real Docker Engine."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import grpc
import httpx
import pytest

from embedded.machine.base_image import codename, made_name

Json = dict[str, Any]
Plugin = Any
URN = "urn:pulumi:s::p::docker:index/image:Image::app"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
#: All steps have the one label without a variable: by it those left over are found.
DOCKERFILE = """
FROM scratch AS first
LABEL {label}
ARG VERSION=none
ARG STAGE=first
LABEL version=${{VERSION}} stage=${{STAGE}}
COPY file /
FROM first AS last
ARG STAGE=last
LABEL stage=${{STAGE}}
"""


@pytest.fixture
def plugin(launch: Callable[..., Plugin], tmp_path: Path, told: Any) -> Plugin:
    folder = tmp_path / "app"
    folder.mkdir()
    label = f"acr-lab.test={tmp_path}"
    (folder / "Dockerfile").write_text(DOCKERFILE.format(label=label))
    (folder / "file").write_text(str(tmp_path))
    made = launch("docker", told.address)
    made.configure("docker")
    return made


@pytest.fixture
def engine() -> Iterator[docker.DockerClient]:
    client = docker.from_env()
    yield client
    client.close()


def inputs(plugin: Plugin, name: str, build: Json, **more: Any) -> Json:
    wanted = {"imageName": name, "build": {"context": "app", **build}, **more}
    found: Json = plugin.check(URN, wanted)
    return found


def local(plugin: Plugin, **build: Any) -> tuple[str, Json]:
    """Build without a push; the name of the image."""
    name = f"local/{uuid.uuid4().hex}:1"
    plugin.create(URN, found := inputs(plugin, name, build, skipPush=True))
    return name, found


def labels(engine: docker.DockerClient, name: str) -> dict[str, str]:
    found: dict[str, str] = engine.images.get(name).labels
    return found


@pytest.mark.docker
def test_arguments_and_the_target_make_the_image(
    plugin: Plugin, engine: docker.DockerClient
) -> None:
    name, _ = local(plugin, args={"VERSION": "2"}, target="first")
    found = labels(engine, name)
    plugin.delete(URN, name, {"imageName": name})
    assert (found["version"], found["stage"]) == ("2", "first")


@pytest.mark.docker
def test_an_image_is_for_the_platform_that_is_asked_for_or_refused(
    plugin: Plugin, engine: docker.DockerClient
) -> None:
    # The classic builder of Debian's engine builds for the machine's own alone.
    name, refused = "", ""
    try:
        name, _ = local(plugin, platform="linux/arm64")
    except grpc.RpcError as error:
        refused = str(error.details())
    made = engine.images.get(name).attrs["Architecture"] if name else ""
    if name:
        plugin.delete(URN, name, {"imageName": name})
    assert made == "arm64" or "wanted linux/arm64" in refused


@pytest.mark.docker
def test_hosts_and_the_network_are_those_of_the_steps(
    plugin: Plugin, tmp_path: Path, told: Any
) -> None:
    (tmp_path / "app/Dockerfile").write_text(
        f"FROM {made_name(codename())}\n"
        'RUN ["python3", "-c", "import socket; print(socket.gethostbyname(\'db\'), '
        'socket.if_nameindex()); assert len(socket.if_nameindex()) == 1"]\n'
    )
    name, _ = local(plugin, addHosts=["db:192.0.2.7"], network="none")
    plugin.delete(URN, name, {"imageName": name})
    assert any("192.0.2.7 [(1, 'lo')]" in text for _, text in told.lines)


@pytest.mark.docker
def test_layers_of_a_cache_image_are_used_again(
    plugin: Plugin, engine: docker.DockerClient, registry: str
) -> None:
    name = f"{registry}/cached:1"
    found = inputs(plugin, name, {"target": "first"})
    plugin.create(URN, found)
    before = engine.images.get(name).id
    plugin.delete(URN, name, {"imageName": name})
    again = f"{registry}/cached:2"
    wanted = {"target": "first", "cacheFrom": {"images": [name]}}
    plugin.create(URN, found := inputs(plugin, again, wanted))
    after = engine.images.get(again).id
    for one in (name, again):
        plugin.delete(URN, one, {"imageName": one})
    assert after == before


@pytest.mark.docker
def test_a_cache_image_that_is_not_there_is_told_and_left_out(
    plugin: Plugin, told: Any, registry: str
) -> None:
    missing = f"{registry}/nothing:1"
    name, _ = local(plugin, cacheFrom={"images": [missing]})
    plugin.delete(URN, name, {"imageName": name})
    assert any(
        f"cacheFrom image {missing} not available" in text for _, text in told.lines
    )


@pytest.mark.docker
def test_a_preview_builds_where_that_is_asked_for_and_never_pushes(
    plugin: Plugin, engine: docker.DockerClient, registry: str
) -> None:
    name = f"{registry}/previewed:1"
    found = inputs(plugin, name, {}, buildOnPreview=True)
    id_, outputs = plugin.create(URN, found, preview=True)
    assert id_ == ""
    assert outputs["repoDigest"] == engine.images.get(name).id
    tags = httpx.get(f"http://{registry}/v2/previewed/tags/list")
    assert tags.status_code == 404
    # A destroy takes away what previews have built, whatever its tag.
    other = f"{registry}/previewed:2"
    plugin.delete(URN, other, {"imageName": other}, found)
    assert engine.images.list(f"{registry}/previewed") == []


@pytest.mark.docker
def test_a_preview_fails_where_the_build_does(
    plugin: Plugin, tmp_path: Path, refusal: Any
) -> None:
    (tmp_path / "app/Dockerfile").write_text("FROM scratch\nCOPY nowhere /\n")
    found = inputs(plugin, "r.example/x:1", {}, buildOnPreview=True)
    text = refusal(lambda: plugin.create(URN, found, preview=True))
    assert "error building image r.example/x:1" in text


@pytest.mark.parametrize(
    "more", [{"imageName": UNKNOWN}, {"build": {"context": "app", "target": UNKNOWN}}]
)
def test_a_preview_that_does_not_know_enough_warns_and_builds_nothing(
    plugin: Plugin, told: Any, more: Json
) -> None:
    wanted = {"imageName": "r.example/x:1", "buildOnPreview": True, **more}
    found = plugin.check(URN, {"build": {"context": "app"}, **wanted})
    _, outputs = plugin.create(URN, found, preview=True)
    assert outputs["repoDigest"] == UNKNOWN
    ((warned, text),) = told.lines
    assert warned
    assert "Minimum inputs for build are unresolved" in text


@pytest.mark.parametrize(
    ("wanted", "named"),
    [
        ({"build": {"context": "app", "secrets": {"a": "b"}}}, "build.secrets"),
        ({"build": {"context": "app", "labels": {}}}, "build.labels"),
        ({"buildOnPreviews": True}, "buildOnPreviews"),
    ],
)
def test_an_input_that_the_real_resource_has_not_is_refused_by_name(
    plugin: Plugin, wanted: Json, named: str
) -> None:
    default = {"imageName": "r.example/x:1", "build": {"context": "app"}}
    said = plugin.check(URN, {**default, **wanted})[named]
    assert "has no such input" in said
    assert "buildOnPreview" in said or "cacheFrom" in said


def test_a_cache_without_images_is_refused(plugin: Plugin) -> None:
    found = inputs(plugin, "r.example/x:1", {"cacheFrom": {}})
    assert "images" in found["build.cacheFrom"]
