"""The keys of the image."""

from __future__ import annotations

from dataclasses import dataclass

from infra import rules
from infra.settings.reader import Reader

REPOSITORY = rules.text(
    r"(?=.{1,200}$)[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*"
    r"(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*",
    "a repository: lower-case letters and digits, with single separators among . _ - / "
    "inside, and no tag",
)
PIN = rules.words("tag", "digest")
BASE_IMAGE = rules.text(r"[^\s$]{1,255}", "the name of an image, without blanks")


@dataclass(frozen=True)
class ImageSettings:
    """``base_image``: None for the one that the Dockerfile names; ``pin``: by what the
    container group names the image, ``tag`` or ``digest``."""

    repository: str = "acr-lab/web"
    base_image: str | None = None
    pin: str = "tag"


def read(reader: Reader) -> ImageSettings:
    return ImageSettings(
        repository=reader.take("imageName", REPOSITORY, ImageSettings.repository),
        base_image=reader.optional("baseImage", BASE_IMAGE, None),
        pin=reader.take("pin", PIN, ImageSettings.pin),
    )
