"""The build context: what is sent, and what an image holds of it."""

from __future__ import annotations

import tarfile
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest

from embedded.providers.docker.context import Context
from tests import docker_client

URN = "urn:pulumi:s::p::docker:index/image:Image::app"
#: What gives away each of the ways in which readers of these patterns differ.
IGNORED = "*\n!web\n**/*.md\n!web/**/keep.md\nweb/a/b\n!**/x\n!Dockerfile\n"
PATHS = [
    "a/x",
    "web/a/b",
    "web/a/bc",
    "web/deep/er/keep.md",
    "web/deep/er/other.md",
    "web/file",
    "x",
    "x.md/y",
]


def tarred(folder: Path, dockerfile: str = "Dockerfile") -> set[str]:
    context = Context(folder, folder / dockerfile)
    with tarfile.open(fileobj=context.tar()) as archive:
        return {one.name for one in archive if not one.isdir()}


@pytest.mark.docker
def test_an_image_holds_what_docker_build_puts_into_it(
    launch: Callable[..., Any], tmp_path: Path
) -> None:
    docker_client.write(tmp_path / "app", PATHS, IGNORED)
    names = [f"local/{uuid.uuid4().hex}:{one}" for one in ("here", "docker")]
    plugin = launch("docker")
    plugin.configure("docker")
    wanted = {"imageName": names[0], "build": {"context": "app"}, "skipPush": True}
    plugin.create(URN, plugin.check(URN, wanted))
    docker_client.build(tmp_path / "app", names[1])
    here, real = (held(name) for name in names)
    assert here == real
    assert {"web/file", "web/deep/er/keep.md", "Dockerfile"} <= here


def held(name: str) -> set[str]:
    """The files of an image, which is removed."""
    client = docker.from_env()
    try:
        container = client.api.create_container(name, ["none"])["Id"]
        with tempfile.TemporaryFile() as file:
            for part in client.api.export(container):
                file.write(part)
            file.seek(0)
            with tarfile.open(fileobj=file) as archive:
                found = {one.name for one in archive if one.isfile()}
        client.api.remove_container(container)
        client.images.remove(name)
        return found
    finally:
        client.close()


@pytest.mark.docker
def test_a_dockerfile_from_elsewhere_builds_and_is_in_no_image(
    launch: Callable[..., Any], tmp_path: Path
) -> None:
    docker_client.write(tmp_path / "app", ["file"], "")
    (tmp_path / "Other").write_text("FROM scratch\nCOPY . /\n")
    (tmp_path / "app/Dockerfile").unlink()
    (tmp_path / "app/.dockerignore").unlink()
    plugin = launch("docker")
    plugin.configure("docker")
    name = f"local/{uuid.uuid4().hex}:1"
    build = {"context": "app", "dockerfile": "Other"}
    wanted = {"imageName": name, "build": build, "skipPush": True}
    plugin.create(URN, plugin.check(URN, wanted))
    own = {
        one for one in held(name) if not one.startswith(("dev/", "etc/", ".dockerenv"))
    }
    assert own == {"file"}


def test_an_ignore_file_of_the_dockerfile_s_own_comes_first(tmp_path: Path) -> None:
    docker_client.write(tmp_path / "app", ["a", "b"], "a\n")
    (tmp_path / "app/Dockerfile.dockerignore").write_text("b\nDockerfile*\n")
    assert tarred(tmp_path / "app") == {"a", "Dockerfile", ".dockerignore"}


def test_a_pattern_that_is_none_is_told(
    launch: Callable[..., Any], tmp_path: Path
) -> None:
    docker_client.write(tmp_path / "app", ["a"], "[z-a]\n")
    plugin = launch("docker")
    plugin.configure("docker")
    wanted = {"imageName": "r.example/x:1", "build": {"context": "app"}}
    assert "'[z-a]'" in plugin.check(URN, wanted)["build"]
