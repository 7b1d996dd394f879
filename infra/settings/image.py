"""The keys of the image: what it is called, how it is built, what its labels say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from infra import rules
from infra.rules import NotAllowed, Rule
from infra.secret_texts import looks_secret
from infra.settings.reader import Reader

#: Build arguments that the program sets, and the key that each comes from.
OWN_ARGUMENTS = {
    "BASE_IMAGE": "baseImage",
    "BUILDKIT_INLINE_CACHE": "cacheFrom",
    "IMAGE_CREATED": "imageCreated",
    "IMAGE_REVISION": "the content of app/",
    "IMAGE_SOURCE": "imageSource",
}
#: Keys that somebody may look for -> why there is none, and what to do.
REFUSED = {
    "buildSecrets": "The resource docker:index/image:Image mounts no secrets into a "
    "build (pulumi-docker 5.2 has no input for them), and a build argument is none: "
    "`docker history` shows it. Let an image that is built elsewhere, with `docker "
    "build --secret`, be the baseImage; fetch what is private into app/ before the "
    "build; or give the secret to the container when it runs (secureEnvironment).",
}
REPOSITORY = rules.text(
    r"(?=.{1,200}$)[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*"
    r"(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*",
    "a repository: lower-case letters and digits, with single separators among . _ - / "
    "inside, and no tag",
)
BASE_IMAGE = rules.text(r"[^\s$]{1,255}", "the name of an image, without blanks")
CACHE_FROM = rules.texts(BASE_IMAGE, 20)
#: https://docs.docker.com/reference/dockerfile/#from (AS) and `docker build --target`
TARGET = rules.text(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", "the name of a stage of the Dockerfile"
)
#: Container Instances runs no other:
#: https://learn.microsoft.com/azure/container-instances/container-instances-faq
PLATFORM = rules.words("linux/amd64", "windows/amd64")
PIN = rules.words("tag", "digest")
#: https://github.com/opencontainers/image-spec/blob/main/annotations.md
SOURCE = rules.text(
    r"(https?|ssh|git)://([\w.~-]+@)?[\w.~:\[\]-]+(/[\w.~%!$&'()*+,;=:@/?#-]*)?",
    "a URL such as https://github.com/me/app, without a password",
)


@dataclass(frozen=True)
class ImageSettings:
    """``base_image``, ``target``: None for what the Dockerfile says. ``pin``: by what
    the container group names the image, ``tag`` or ``digest``. ``source``, ``created``:
    None for no such label."""

    repository: str = "acr-lab/web"
    base_image: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    target: str | None = None
    platform: str = "linux/amd64"
    cache_from: tuple[str, ...] = ()
    build_on_preview: bool = False
    pin: str = "tag"
    source: str | None = None
    created: str | None = None


def read(reader: Reader) -> ImageSettings:
    for key, said in REFUSED.items():
        reader.refuse_if_set(key, said)
    default = ImageSettings
    return ImageSettings(
        repository=reader.take("imageName", REPOSITORY, default.repository),
        base_image=reader.optional("baseImage", BASE_IMAGE, None),
        arguments=_arguments(reader),
        target=reader.optional("buildTarget", TARGET, None),
        platform=reader.take("platform", PLATFORM, default.platform),
        cache_from=reader.take("cacheFrom", CACHE_FROM, default.cache_from),
        build_on_preview=reader.take("buildOnPreview", rules.boolean(), False),
        pin=reader.take("pin", PIN, default.pin),
        source=reader.optional("imageSource", SOURCE, None),
        created=reader.optional("imageCreated", time(), None),
    )


def _arguments(reader: Reader) -> Mapping[str, str]:
    if reader.is_secret("buildArguments"):
        reader.refuse(
            "buildArguments",
            "A build argument is no place for a secret: `docker history` shows it to "
            "whoever pulls. Set it without --secret, or see buildSecrets in "
            "docs/image.md.",
        )
    return reader.take("buildArguments", arguments(), {})


def arguments() -> Rule[Mapping[str, str]]:
    """A map of names to texts; none that is a secret or the program's own."""

    def parse(given: str) -> Mapping[str, str]:
        found = rules.scalars(given)
        for name, value in found.items():
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,127}", name):
                raise NotAllowed(f"{name!r} is no such name")
            if name in OWN_ARGUMENTS:
                raise NotAllowed(f"{name} is set by {OWN_ARGUMENTS[name]}")
            if looks_secret(name, value):
                raise NotAllowed(f"{name} looks like a secret: see docs/image.md")
        return found

    return Rule(
        "a map of build arguments that may be seen by whoever pulls the image; a name "
        "has letters, digits and '_', no digit first; a value is a text, a number, "
        "true or false",
        parse,
    )


def time() -> Rule[str]:
    """A time by RFC 3339, section 5.6, as it is written."""
    form = r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)"

    def parse(given: str) -> str:
        if not re.fullmatch(form, given, re.ASCII):
            raise NotAllowed
        try:
            datetime.fromisoformat(re.sub(r"\.\d+|[Zz]$", "", given.upper()))
        except ValueError as error:
            raise NotAllowed(str(error)) from error
        return given

    allowed = 'a time by RFC 3339 in quotes, such as "2026-11-24T09:30:00Z"'
    return Rule(allowed, parse)
