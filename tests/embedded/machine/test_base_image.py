"""Which base image the app is built on."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedded.home import Home
from embedded.machine import base_image

PROJECT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("default", ["python:3.13-slim", '"python:3.13-slim"'])
def test_the_upstream_image_is_the_default_of_the_build_argument(
    tmp_path: Path, default: str
) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text(f"# base\nARG BASE_IMAGE={default}\nFROM ${{BASE_IMAGE}}\n")
    assert base_image.upstream_name(file) == "python:3.13-slim"


def test_the_dockerfile_of_the_app_names_an_upstream_image_with_a_tag() -> None:
    assert ":" in (base_image.upstream_name(PROJECT / "app" / "Dockerfile") or "")


@pytest.mark.parametrize("text", ["FROM python:3.13\n", None])
def test_a_dockerfile_of_the_user_s_own_or_none_needs_no_base_image(
    tmp_path: Path, text: str | None
) -> None:
    (tmp_path / "app").mkdir()
    if text is not None:
        (tmp_path / "app" / "Dockerfile").write_text(text)
    assert base_image.prepare(tmp_path, Home(tmp_path / "home")) is None


def test_the_suite_is_the_one_of_this_system(tmp_path: Path) -> None:
    release = tmp_path / "os-release"
    release.write_text('NAME="Ubuntu"\nVERSION_CODENAME=noble\n')
    assert base_image.codename(release) == "noble"
    assert base_image.codename(tmp_path / "none") == "bookworm"


def test_another_suite_makes_another_image_name() -> None:
    assert base_image.made_name("bookworm") != base_image.made_name("trixie")
