"""Images: may this group read one, bring it here, and take it away again.

The registry is asked anew whenever a group is deployed, because a tag may have moved.
What a pull adds to the engine is noted, so that it can be removed with the group and
nothing of the user's own goes with it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker import DockerClient
from docker.errors import APIError, ImageNotFound

from embedded.azure.errors import ArmError
from embedded.azure.instance.engine import DockerEngine
from embedded.azure.instance.failures import (
    GroupDeleted,
    ImageOsTypeNotMatchContainerGroup,
    InaccessibleImage,
    RegistryErrorResponse,
)
from embedded.azure.instance.references import Reference
from embedded.azure.instance.signin import SignIn, SignInRefused

#: words with which a registry says that it is a matter of the image or of rights
REFUSALS = (
    "not found",
    "manifest unknown",
    "unauthorized",
    "denied",
    "authentication required",
    "no basic auth",
    "does not exist",
    "name unknown",
    "forbidden",
)


#: https://learn.microsoft.com/azure/container-instances/container-instances-faq
PLATFORM = "linux/amd64"
#: Seconds for which an answer of the registry counts as given for this deployment.
JUST = 2.0


@dataclass(frozen=True)
class Pulled:
    """An image on the engine. ``new_name`` and ``new_image``: the pull brought it."""

    name: str
    image_id: str
    new_name: bool
    new_image: bool


class Images:
    """The images of container groups, on one engine."""

    def __init__(self, engine: DockerEngine, ca_file: Path) -> None:
        self._engine = engine
        self._ca_file = ca_file
        #: (image, group) -> the digest that the registry told, and when.
        self._told: dict[tuple[str, str], tuple[str, float]] = {}

    def check(self, image: str, group: str, sign_in: SignIn) -> None:
        """Ask the registry for the manifest, without a pull.

        Raises InaccessibleImage, ImageOsTypeNotMatchContainerGroup,
        RegistryErrorResponse or EngineUnavailable.
        """
        reference = _parsed(image)
        authentication = self._authentication(reference, group, image, sign_in)
        with self._engine.talking(f"look at image {image}") as client:
            try:
                ask = client.api.inspect_distribution
                told = ask(image, authentication)  # type: ignore[no-untyped-call]
            except APIError as error:
                raise _refused(image, group, reference, _text(error)) from error
        platforms = _platforms(told)
        if platforms and PLATFORM not in platforms:
            others = ", ".join(platforms)
            raise ImageOsTypeNotMatchContainerGroup(image, group, others)
        digest = str(told["Descriptor"]["digest"])
        self._told[image, group] = digest, time.monotonic()

    def pull(
        self, image: str, group: str, sign_in: SignIn, given_up: threading.Event
    ) -> Pulled:
        """Raises as ``check`` does, and GroupDeleted once ``given_up`` is set.

        What ``check`` has just been told of, and is here, is not asked for again.
        """
        reference = _parsed(image)
        known = self._just_checked(image, group, reference)
        if known is not None:
            return Pulled(reference.local_name, known, new_name=False, new_image=False)
        authentication = self._authentication(reference, group, image, sign_in)
        with self._engine.talking(f"pull image {image}") as client:
            names, ids = _present(client)
            try:
                self._download(client, reference, authentication, group, given_up)
                found = client.images.get(reference.local_name)
            except (APIError, PullFailed) as error:
                raise _refused(image, group, reference, _text(error)) from error
        image_id = str(found.id)
        name = reference.local_name
        return Pulled(name, image_id, name not in names, image_id not in ids)

    def _just_checked(self, image: str, group: str, reference: Reference) -> str | None:
        """The id of the image here if it is the one that the registry has."""
        digest, moment = self._told.pop((image, group), ("", 0.0))
        if not digest or time.monotonic() - moment > JUST:
            return None
        with self._engine.talking(f"look for image {image}") as client:
            try:
                found = client.images.get(reference.local_name)
            except ImageNotFound:
                return None
        same = f"{reference.name}@{digest}" in found.attrs["RepoDigests"]
        return str(found.id) if same else None

    def _authentication(
        self, reference: Reference, group: str, image: str, sign_in: SignIn
    ) -> dict[str, str]:
        try:
            return sign_in.authentication(reference, self._ca_file)
        except SignInRefused as error:
            raise InaccessibleImage(image, group, str(error)) from error

    def _download(
        self,
        client: DockerClient,
        reference: Reference,
        authentication: dict[str, str],
        group: str,
        given_up: threading.Event,
    ) -> None:
        progress = client.api.pull(
            reference.name,
            tag=reference.version,
            auth_config=authentication,
            stream=True,
            decode=True,
        )
        for message in progress:
            if given_up.is_set():
                raise GroupDeleted(group)
            if isinstance(message, Mapping) and "error" in message:
                raise PullFailed(str(message["error"]))

    def absent(self, images: Iterable[str]) -> tuple[str, ...]:
        """The names of those that the engine does not have, as it would know them."""
        found = {image for image in images if self.present(image) is None}
        return tuple(sorted(_parsed(image).local_name for image in found))

    def present(self, image: str) -> str | None:
        """The id of an image that the engine has already."""
        with self._engine.talking(f"look for image {image}") as client:
            try:
                return str(client.images.get(_parsed(image).local_name).id)
            except ImageNotFound:
                return None

    def remove(self, pulled: Pulled) -> None:
        """Take away what a pull brought, unless something else uses it by now."""
        with self._engine.talking(f"remove image {pulled.name}") as client:
            if pulled.new_name:
                _remove_name(client, pulled)
            if pulled.new_image:
                _remove_if_nameless(client, pulled.image_id)


class PullFailed(Exception):
    """The engine's own word for a pull that went wrong."""


def _platforms(told: Mapping[str, Any]) -> list[str]:
    """``os/architecture`` of each image that the name stands for; none if not told.

    An index has rows for attestations too, whose platform is unknown/unknown.
    """
    found = (f"{one['os']}/{one['architecture']}" for one in told["Platforms"] or ())
    return [one for one in dict.fromkeys(found) if one not in ("/", "unknown/unknown")]


def _parsed(image: str) -> Reference:
    reference = Reference.parse(image)
    assert reference is not None, "the rules let only image references through"
    return reference


def _present(client: DockerClient) -> tuple[set[str], set[str]]:
    names: set[str] = set()
    ids: set[str] = set()
    for image in client.api.images():
        ids.add(image["Id"])
        names.update(image.get("RepoTags") or (), image.get("RepoDigests") or ())
    return names, ids


def _remove_name(client: DockerClient, pulled: Pulled) -> None:
    try:
        if client.images.get(pulled.name).id == pulled.image_id:
            client.images.remove(pulled.name)
    except ImageNotFound:
        return
    except APIError as error:
        _unless_in_use(error)


def _remove_if_nameless(client: DockerClient, image_id: str) -> None:
    try:
        if not client.images.get(image_id).tags:
            client.images.remove(image_id)
    except ImageNotFound:
        return
    except APIError as error:
        _unless_in_use(error)


def _unless_in_use(error: APIError) -> None:
    if error.status_code != 409:
        raise error


def _text(error: Exception) -> str:
    return str(getattr(error, "explanation", None) or error).strip()


def _refused(image: str, group: str, reference: Reference, reason: str) -> ArmError:
    if any(word in reason.lower() for word in REFUSALS):
        return InaccessibleImage(image, group, reason)
    return RegistryErrorResponse(reference.host, image, reason)
