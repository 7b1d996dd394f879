"""The image: built from app/, tagged by its content, pushed to the registry."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pulumi
import pulumi_docker as docker

from infra import context, sign_in
from infra.registry import Registry
from infra.settings import Settings
from infra.settings.image import ImageSettings

FOLDER = "app"
#: A base image for machines that cannot pull the Dockerfile's own.
BASE_VARIABLE = "ACR_LAB_BASE_IMAGE"


class DigestMissing(pulumi.RunError):
    """The push ended without a digest: nothing can be said of what was pushed."""

    def __init__(self, name: str, digest: str) -> None:
        super().__init__(
            f"The push of {name} gave no digest (but {digest!r}). Run `up` again; if "
            "it stays, push the image by hand and look at what the registry answers."
        )


class AppImage(pulumi.ComponentResource):
    """One image. Its tag changes when, and only when, its content does.

    ``name`` is ``server/repository:tag``, ``digest`` is ``sha256:…``, and ``reference``
    is what a container is to run: the one or the other, as the settings pin it.
    """

    def __init__(
        self,
        name: str,
        registry: Registry,
        settings: Settings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("acr-lab:index:AppImage", name, None, opts)
        files = context.read(Path(FOLDER))
        arguments = build_arguments(settings.image, context.revision(files))
        tag = context.tag(files, build_options(settings.image, arguments))
        login_server = registry.login_server
        credentials = sign_in.for_push(registry, settings.access)
        image = docker.Image(
            "app",
            build=_build(settings.image, arguments),
            build_on_preview=settings.image.build_on_preview,
            image_name=pulumi.Output.concat(
                login_server, "/", settings.image.repository, ":", tag
            ),
            registry=docker.RegistryArgs(
                password=credentials.password,
                server=login_server,
                username=credentials.username,
            ),
            opts=pulumi.ResourceOptions(depends_on=registry.reached, parent=self),
        )
        self.name = image.image_name
        self.digest = pulumi.Output.all(image.image_name, image.repo_digest).apply(
            lambda both: digest_of(both[0], both[1])
        )
        self.reference = pulumi.Output.all(self.name, self.digest).apply(
            lambda both: reference_of(both[0], both[1], settings.image.pin)
        )
        self.register_outputs(
            {
                "name": self.name,
                "digest": self.digest,
                "reference": self.reference,
            }
        )


def check_context() -> None:
    """That there is something to build, before anything is made.

    Raises context.ContextInvalid.
    """
    context.read(Path(FOLDER))


def build_arguments(settings: ImageSettings, revision: str) -> dict[str, str]:
    """The user's, and what app/Dockerfile makes its base and its labels of.

    The base image is configured, else of the environment, else the Dockerfile's own.
    """
    own = {
        "BASE_IMAGE": settings.base_image or os.environ.get(BASE_VARIABLE),
        # BuildKit finds layers again only in images that tell of them:
        # https://docs.docker.com/build/cache/backends/inline/
        "BUILDKIT_INLINE_CACHE": "1" if settings.cache_from else None,
        "IMAGE_CREATED": settings.created,
        "IMAGE_REVISION": revision,
        "IMAGE_SOURCE": settings.source,
    }
    return {**settings.arguments, **{k: v for k, v in own.items() if v}}


def build_options(
    settings: ImageSettings, arguments: Mapping[str, str]
) -> dict[str, str]:
    """All beside the files that makes another image. A cache does not."""
    named = {f"build-arg {name}": value for name, value in arguments.items()}
    return {**named, "platform": settings.platform, "target": settings.target or ""}


def _build(
    settings: ImageSettings, arguments: Mapping[str, str]
) -> docker.DockerBuildArgs:
    images = list(settings.cache_from)
    return docker.DockerBuildArgs(
        args=dict(arguments),
        cache_from=docker.CacheFromArgs(images=images) if images else None,
        context=FOLDER,
        dockerfile=f"{FOLDER}/Dockerfile",
        platform=settings.platform,
        target=settings.target,
    )


def reference_of(name: str, digest: str, pin: str) -> str:
    """``server/repository@sha256:…`` or ``server/repository:tag``."""
    repository, _, _ = name.rpartition(":")
    return f"{repository}@{digest}" if pin == "digest" else name


def digest_of(name: str, repo_digest: str) -> pulumi.Input[str]:
    """``sha256:…`` of ``repository@sha256:…``. Raises DigestMissing.

    A preview that has built the image tells the id that it has on this machine; only
    the push tells the digest.
    """
    _, found, digest = (repo_digest or "").partition("@")
    if pulumi.runtime.is_dry_run() and not found:
        return cast(str, pulumi.UNKNOWN)
    if re.fullmatch(r"sha256:[0-9a-f]{64}", digest) is None:
        raise DigestMissing(name, repo_digest)
    return digest
