"""Which base image the app is built on."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedded.machine import base_image

PROJECT = Path(__file__).resolve().parents[3]


def test_the_upstream_image_is_the_default_of_the_build_argument() -> None:
    text = "# base\nARG BASE_IMAGE=python:3.13-slim\nFROM ${BASE_IMAGE}\n"
    assert base_image.upstream_name(text) == "python:3.13-slim"


def test_the_dockerfile_of_the_app_names_an_upstream_image_with_a_tag() -> None:
    text = (PROJECT / "app" / "Dockerfile").read_text()
    assert ":" in base_image.upstream_name(text)


def test_a_dockerfile_without_the_argument_is_an_error() -> None:
    with pytest.raises(ValueError, match="ARG BASE_IMAGE"):
        base_image.upstream_name("FROM scratch\n")


def test_the_suite_is_the_one_of_this_system(tmp_path: Path) -> None:
    release = tmp_path / "os-release"
    release.write_text('NAME="Ubuntu"\nVERSION_CODENAME=noble\n')
    assert base_image.codename(release) == "noble"
    assert base_image.codename(tmp_path / "none") == "bookworm"


def test_another_suite_makes_another_image_name() -> None:
    assert base_image.made_name("bookworm") != base_image.made_name("trixie")
