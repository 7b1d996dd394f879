"""The image: built from app/, tagged by its content, pushed to the registry."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pulumi
import pulumi_docker as docker

from infra import context, sign_in
from infra.registry import Registry
from infra.settings import Settings

FOLDER = "app"
#: Azure Container Instances runs this one, whatever the builder's machine is.
PLATFORM = "linux/amd64"
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
        arguments = build_arguments(settings)
        login_server = registry.login_server
        credentials = sign_in.for_push(registry, settings.access)
        tag = context.tag(context.read(Path(FOLDER)), arguments)
        image = docker.Image(
            "app",
            build=docker.DockerBuildArgs(
                args=arguments,
                context=FOLDER,
                dockerfile=f"{FOLDER}/Dockerfile",
                platform=PLATFORM,
            ),
            image_name=pulumi.Output.concat(
                login_server, "/", settings.image.repository, ":", tag
            ),
            registry=docker.RegistryArgs(
                password=credentials.password,
                server=login_server,
                username=credentials.username,
            ),
            opts=pulumi.ResourceOptions(parent=self),
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


def build_arguments(settings: Settings) -> dict[str, str]:
    """The base image: configured, else of the environment, else the Dockerfile's."""
    base = settings.image.base_image or os.environ.get(BASE_VARIABLE, "")
    return {"BASE_IMAGE": base} if base else {}


def reference_of(name: str, digest: str, pin: str) -> str:
    """``server/repository@sha256:…`` or ``server/repository:tag``."""
    repository, _, _ = name.rpartition(":")
    return f"{repository}@{digest}" if pin == "digest" else name


def digest_of(name: str, repo_digest: str) -> str:
    """``sha256:…`` of ``repository@sha256:…``. Raises DigestMissing."""
    _, _, digest = (repo_digest or "").partition("@")
    if re.fullmatch(r"sha256:[0-9a-f]{64}", digest) is None:
        raise DigestMissing(name, repo_digest)
    return digest
