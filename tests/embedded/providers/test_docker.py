"""``docker.Image`` on a real Docker Engine and a real registry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest

Json = dict[str, Any]
Plugin = Any
URN = "urn:pulumi:s::p::docker:index/image:Image::app"


@pytest.fixture
def plugin(launch: Callable[..., Plugin], tmp_path: Path) -> Plugin:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY file /\n")
    (folder / "file").write_text("one")
    made = launch("docker")
    made.configure("docker")
    return made


def inputs(plugin: Plugin, name: str, **more: Any) -> Json:
    wanted = {"imageName": name, "build": {"context": "app"}, **more}
    found: Json = plugin.check(URN, wanted)
    return found


def tags() -> set[str]:
    client = docker.from_env()
    try:
        return {tag for image in client.images.list() for tag in image.tags}
    finally:
        client.close()


def test_defaults_are_those_of_pulumi_docker(plugin: Plugin) -> None:
    found = inputs(plugin, "r.example/x:1")
    assert found["build"]["dockerfile"] == "app/Dockerfile"
    assert found["build"]["platform"] == "linux/amd64"
    assert found["skipPush"] is False


@pytest.mark.parametrize(
    ("wanted", "named", "said"),
    [
        ({"imageName": "bare:1"}, "imageName", "names no registry"),
        ({"build": {"context": "nowhere"}}, "build", "no folder 'nowhere'"),
        ({"build": {"context": "app", "dockerfile": "D"}}, "dockerfile", "'D'"),
        ({"build": {"context": "app", "dockerfile": "file2"}}, "dockerfile", "file2"),
        ({"build": {"builderVersion": "B"}}, "build.builderVersion", "BuilderV1"),
    ],
)
def test_a_mistake_is_told_of_its_property(
    plugin: Plugin, wanted: Json, named: str, said: str
) -> None:
    default = {"imageName": "r.example/x:1", "build": {"context": "app"}}
    assert said in plugin.check(URN, {**default, **wanted})[named]


def test_only_content_that_docker_sees_changes_the_digest(
    plugin: Plugin, tmp_path: Path
) -> None:
    def digest() -> str:
        return str(inputs(plugin, "r.example/x:1")["build"]["contextDigest"])

    (tmp_path / "app/.dockerignore").write_text("*.md\n")
    first = digest()
    (tmp_path / "app/file").touch()
    assert digest() == first
    (tmp_path / "app/notes.md").write_text("x")
    assert digest() == first
    (tmp_path / "app/file").write_text("two")
    assert digest() != first


def test_new_credentials_alone_are_no_difference(plugin: Plugin) -> None:
    def with_password(password: str, server: str = "r.example") -> Json:
        login = {"server": server, "username": "u", "password": password}
        return inputs(plugin, "r.example/x:1", registry=login)

    same = plugin.diff(URN, with_password("a"), with_password("b"))
    assert same.changes == same.DIFF_NONE
    other = plugin.diff(URN, with_password("a"), with_password("a", "other"))
    assert other.changes == other.DIFF_SOME
    assert list(other.replaces) == []


@pytest.mark.docker
def test_a_preview_builds_nothing(plugin: Plugin) -> None:
    name = "r.example/never:1"
    id_, outputs = plugin.create(URN, inputs(plugin, name), preview=True)
    assert id_ == ""
    assert outputs["imageName"] == name
    assert name not in tags()


@pytest.mark.docker
def test_the_life_of_an_image(plugin: Plugin, registry: str, tmp_path: Path) -> None:
    name = f"{registry}/life:1"
    first = inputs(plugin, name)
    id_, outputs = plugin.create(URN, first)
    assert id_ == name
    assert name in tags()
    assert outputs["repoDigest"].startswith(f"{registry}/life@sha256:")
    (tmp_path / "app/file").write_text("two")
    renamed = f"{registry}/life:2"
    second = inputs(plugin, renamed)
    after = plugin.update(URN, id_, first, outputs, second)
    assert after["repoDigest"] != outputs["repoDigest"]
    assert renamed in tags()
    assert name not in tags()
    plugin.delete(URN, id_, after)
    plugin.delete(URN, id_, after)
    assert renamed not in tags()


@pytest.mark.docker
def test_without_a_push_the_digest_is_the_image_s_id(plugin: Plugin) -> None:
    found = inputs(plugin, "local/only:1", skipPush=True)
    id_, outputs = plugin.create(URN, found)
    assert outputs["repoDigest"].startswith("sha256:")
    plugin.delete(URN, id_, outputs)


@pytest.mark.docker
def test_a_build_that_fails_shows_the_failing_line(
    plugin: Plugin, tmp_path: Path, refusal: Any
) -> None:
    (tmp_path / "app/Dockerfile").write_text("FROM scratch\nCOPY nowhere /\n")
    text = refusal(plugin.create, URN, inputs(plugin, "r.example/x:1"))
    assert "error building image r.example/x:1" in text
    assert "COPY nowhere /" in text


@pytest.mark.docker
def test_a_push_to_nobody_is_told(plugin: Plugin, refusal: Any) -> None:
    name = "localhost:1/x:1"
    text = refusal(plugin.create, URN, inputs(plugin, name))
    assert f"error pushing image {name}" in text
    plugin.delete(URN, name, {"imageName": name})


def test_an_engine_that_is_not_there_is_told(plugin: Plugin, refusal: Any) -> None:
    plugin.configure("docker", host="unix:///nowhere/docker.sock")
    text = refusal(plugin.create, URN, inputs(plugin, "r.example/x:1"))
    assert "failed to connect to any docker daemon" in text
    assert "DOCKER_HOST" in text


@pytest.mark.docker
def test_what_an_interrupted_create_has_built_is_found_by_its_name(
    plugin: Plugin,
) -> None:
    name = "local/found:1"
    found = inputs(plugin, name, skipPush=True)
    assert plugin.read(URN, "", found, {})[0] == ""
    plugin.create(URN, found)
    assert plugin.read(URN, "", found, {})[0] == name
    plugin.delete(URN, name, {"imageName": name})


@pytest.mark.docker
@pytest.mark.parametrize("how", ["failed", "interrupted"])
def test_the_steps_of_a_build_without_an_end_are_removed_by_its_labels(
    plugin: Plugin, tmp_path: Path, refusal: Any, how: str
) -> None:
    label = f"acr-lab.test={tmp_path}"
    dockerfile = tmp_path / "app/Dockerfile"
    dockerfile.write_text(f"FROM scratch\nLABEL {label}\nCOPY nowhere /\n")
    found = inputs(plugin, "r.example/x:1")
    if how == "failed":
        refusal(plugin.create, URN, found)
    else:
        build_half(tmp_path / "app", label)
        assert steps(label)
        plugin.read(URN, "", found, {})
    assert steps(label) == []


def build_half(folder: Path, label: str) -> None:
    """What a killed provider or engine leaves: steps, their containers, no image."""
    client = docker.from_env()
    try:
        with pytest.raises(docker.errors.BuildError):
            client.images.build(path=str(folder), rm=True, forcerm=True)
        (step,) = client.api.images(filters={"label": label})
        client.api.create_container(
            step["Id"], ["/bin/sh", "-c", "#(nop) COPY nowhere"]
        )
    finally:
        client.close()


def steps(label: str) -> list[Json]:
    client = docker.from_env()
    try:
        found: list[Json] = client.api.images(all=True, filters={"label": label})
        return found
    finally:
        client.close()


@pytest.mark.docker
def test_somebody_s_own_container_of_a_step_stays(
    plugin: Plugin, tmp_path: Path
) -> None:
    label = f"acr-lab.test={tmp_path}"
    dockerfile = tmp_path / "app/Dockerfile"
    dockerfile.write_text(f"FROM scratch\nLABEL {label}\nCOPY nowhere /\n")
    build_half(tmp_path / "app", label)
    client = docker.from_env()
    try:
        (step,) = client.api.images(filters={"label": label})
        mine = client.api.create_container(step["Id"], ["/own"])["Id"]
        plugin.read(URN, "", inputs(plugin, "r.example/x:1"), {})
        left = client.api.containers(all=True, filters={"label": label})
        assert [one["Id"] for one in left] == [mine]
        client.api.remove_container(mine)
    finally:
        client.close()
    plugin.read(URN, "", inputs(plugin, "r.example/x:1"), {})
    assert steps(label) == []
