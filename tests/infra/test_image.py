"""Build arguments and digests."""

from __future__ import annotations

import pytest

from infra.image import DigestMissing, build_arguments, digest_of, reference_of
from infra.settings import Settings
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


def test_the_base_image_is_configured_else_of_the_environment_else_unset(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ACR_LAB_BASE_IMAGE", raising=False)
    assert build_arguments(Settings("x")) == {}
    monkeypatch.setenv("ACR_LAB_BASE_IMAGE", "made:here")
    assert build_arguments(Settings("x")) == {"BASE_IMAGE": "made:here"}
    configured = Settings("x", image=ImageSettings(base_image="mine:1"))
    assert build_arguments(configured) == {"BASE_IMAGE": "mine:1"}
