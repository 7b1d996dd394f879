"""The image of a deployed stack: its name, its labels, and what runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from infra import context
from tests.e2e.stacks import changes

Clone = Any
pytestmark = pytest.mark.docker
PREFIX = "org.opencontainers.image."
TOLD = {
    "buildArguments": {"VERSION": "1.2"},
    "imageCreated": "2026-11-24T09:30:00Z",
    "imageSource": "https://github.com/me/app",
}


@pytest.fixture
def settings(deployed: Clone) -> Iterator[Clone]:
    """For tests that change the configuration: it is put back afterwards."""
    file = deployed.root / "Pulumi.local.yaml"
    before = file.read_text()
    yield deployed
    file.write_text(before)


@pytest.fixture
def engine() -> Iterator[docker.DockerClient]:
    client = docker.from_env()
    yield client
    client.close()


def labels(clone: Clone) -> dict[str, str]:
    """Those of OCI on the image that runs."""
    (container,) = clone.containers()
    found = container.image.labels
    return {k.removeprefix(PREFIX): v for k, v in found.items() if k.startswith(PREFIX)}


def edit(clone: Clone, text: str) -> None:
    page = clone.root / "app/web/page.py"
    page.write_text(page.read_text().replace("<main>", f"<main><!-- {text} -->"))


def reference(clone: Clone) -> str:
    """The image of the one container of the group."""
    found: str = clone.resources()["acr-lab"]["inputs"]["containers"][0]["image"]
    return found


def names_of(engine: docker.DockerClient, repository: str) -> set[str]:
    return {tag for one in engine.images.list(repository) for tag in one.tags}


def revision(folder: Path) -> str:
    return context.revision(context.read(folder / "app"))


def test_a_group_that_is_pinned_by_digest_runs_it_and_is_updated_in_place(
    settings: Clone,
) -> None:
    before = settings.outputs()
    assert reference(settings) == before["image"]
    settings.configure(pin="digest")
    assert changes(settings) == {"acr-lab": "update"}
    repository = before["image"].rpartition(":")[0]
    assert reference(settings) == f"{repository}@{before['imageDigest']}"
    edit(settings, "pinned")
    assert changes(settings) == {"app": "update", "acr-lab": "update"}
    after = settings.outputs()
    assert after["imageDigest"] != before["imageDigest"]
    assert reference(settings) == f"{repository}@{after['imageDigest']}"
    assert "<!-- pinned -->" in settings.page()
    assert after["ipAddress"] == before["ipAddress"]
    assert changes(settings) == {}


def test_the_image_says_what_the_keys_say_and_nothing_else(settings: Clone) -> None:
    plain = labels(settings)
    assert set(plain) == {"title", "description", "revision"}
    assert plain["revision"] == revision(settings.root)
    settings.configure(**TOLD)
    assert changes(settings) == {"app": "update", "acr-lab": "update"}
    assert labels(settings) == {
        **plain,
        "created": TOLD["imageCreated"],
        "source": TOLD["imageSource"],
        "version": "1.2",
    }
    assert changes(settings) == {}


def test_a_preview_builds_where_that_is_asked_for_and_changes_nothing(
    settings: Clone, engine: docker.DockerClient
) -> None:
    settings.configure(buildOnPreview=True)
    settings.up()
    before = settings.outputs()
    repository = before["image"].rpartition(":")[0]
    names = names_of(engine, repository)
    edit(settings, "previewed")
    body = json.loads(settings.run("preview", "--json"))
    assert body["succeeded"], body["diagnostics"]
    (built,) = names_of(engine, repository) - names
    digest = str(engine.images.get(built).id)
    assert digest not in json.dumps(body["steps"])
    assert settings.outputs() == before
    assert "<!-- previewed -->" not in settings.page()
    assert changes(settings) == {"app": "update", "acr-lab": "update"}
    assert settings.outputs()["image"] == built
    assert "<!-- previewed -->" in settings.page()


def test_a_preview_fails_where_the_build_would(settings: Clone) -> None:
    settings.configure(buildOnPreview=True)
    file = settings.root / "app/Dockerfile"
    file.write_text(f"{file.read_text()}\nCOPY nowhere /\n")
    said = settings.run("preview", code=1)
    assert "error building image" in said
    assert "COPY nowhere" in said


def test_a_key_that_there_cannot_be_is_refused_before_anything_happens(
    settings: Clone,
) -> None:
    settings.configure(buildSecrets={"npm": "hunter2"})
    said = settings.run("preview", code=None)
    assert "acr-lab:buildSecrets is [secret]" in said
    assert "secureEnvironment" in said
    assert "hunter2" not in said
    assert "Traceback" not in said
