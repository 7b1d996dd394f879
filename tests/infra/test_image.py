"""Build arguments and digests."""

from __future__ import annotations

from typing import Any

import pytest

from infra import context
from infra.image import (
    DigestMissing,
    build_arguments,
    build_options,
    digest_of,
    reference_of,
)
from infra.settings.image import ImageSettings

DIGEST = "sha256:" + "ab" * 32


def test_the_digest_is_the_part_behind_the_at() -> None:
    assert digest_of("r/x:1", f"localhost:5000/x@{DIGEST}") == DIGEST


def test_a_container_runs_the_tag_or_the_digest() -> None:
    name = "localhost:5000/a/b:1"
    assert reference_of(name, DIGEST, "tag") == name
    assert reference_of(name, DIGEST, "digest") == f"localhost:5000/a/b@{DIGEST}"


@pytest.mark.parametrize("text", ["", "<none>@<none>", "x@sha256:", "x@sha256:12"])
def test_a_push_without_a_digest_is_refused(text: str) -> None:
    with pytest.raises(DigestMissing, match="r/x:1"):
        digest_of("r/x:1", text)


def arguments(**settings: Any) -> dict[str, str]:
    return build_arguments(ImageSettings(**settings), "tree")


def test_the_base_image_is_configured_else_of_the_environment_else_unset(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ACR_LAB_BASE_IMAGE", raising=False)
    assert arguments() == {"IMAGE_REVISION": "tree"}
    monkeypatch.setenv("ACR_LAB_BASE_IMAGE", "made:here")
    assert arguments()["BASE_IMAGE"] == "made:here"
    assert arguments(base_image="mine:1")["BASE_IMAGE"] == "mine:1"


def test_labels_and_arguments_go_into_the_build() -> None:
    told = arguments(arguments={"A": "1"}, source="https://x", created="2026")
    assert (
        told.items()
        >= {
            "A": "1",
            "IMAGE_CREATED": "2026",
            "IMAGE_SOURCE": "https://x",
        }.items()
    )


def test_a_cache_is_asked_for_what_it_needs_to_be_found_again() -> None:
    assert arguments(cache_from=("a:1",))["BUILDKIT_INLINE_CACHE"] == "1"


@pytest.mark.parametrize(
    ("settings", "same"),
    [
        ({"target": "other"}, False),
        ({"platform": "windows/amd64"}, False),
        ({"arguments": {"A": "2"}}, False),
        ({"created": "2026-11-24T00:00:00Z"}, False),
        ({"pin": "digest"}, True),
        ({"build_on_preview": True}, True),
    ],
)
def test_what_makes_another_image_makes_another_tag(
    settings: dict[str, Any], same: bool
) -> None:
    def tag(**settings: Any) -> str:
        image = ImageSettings(**settings)
        told = build_arguments(image, "tree")
        return context.tag({}, build_options(image, told))

    assert (tag(**settings) == tag()) is same
