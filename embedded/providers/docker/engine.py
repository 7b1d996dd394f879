"""The Docker Engine: build, push, remove. Credentials go with each call, in no file."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.client import HTTPException
from typing import Any

import docker
from docker.errors import (
    APIError,
    DockerException,
    ImageNotFound,
    StreamParseError,
)
from urllib3.exceptions import HTTPError

from embedded.providers.docker.context import Context
from embedded.providers.resource import OutcomeUnknown, ProviderError

#: Lines of the build's output that an error shows.
TAIL = 12
#: In the command of a container that the classic builder makes for a step.
STEP = "#(nop)"
Tell = Callable[[str], None]


#: The engine is not there, or went away while it was talking.
LOST = (DockerException, StreamParseError, OSError, HTTPError, HTTPException)
#: What a terminal makes a colour of; the classic builder paints errors red.
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class EngineMissing(OutcomeUnknown):
    def __init__(self, reason: object) -> None:
        super().__init__(
            f"failed to connect to any docker daemon: {reason}. Start the Docker "
            "Engine, or set DOCKER_HOST to one that runs."
        )


class BuildFailed(ProviderError):
    def __init__(self, name: str, reason: str, output: list[str]) -> None:
        tail = "\n".join(f"  {line}" for line in output[-TAIL:])
        super().__init__(f"error building image {name}: {reason}\n{tail}".rstrip())


class PushFailed(ProviderError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"error pushing image {name}: {reason}")


class Engine:
    """One connection; ``host`` overrides DOCKER_HOST. Raises EngineMissing."""

    def __init__(self, host: str | None) -> None:
        try:
            client = (
                docker.DockerClient(base_url=host, timeout=600)
                if host
                else docker.from_env(timeout=600)
            )
            self._api = client.api
            self._api.ping()
        except DockerException as error:
            raise EngineMissing(error) from error

    def build(
        self, name: str, context: Context, options: Mapping[str, Any], tell: Tell
    ) -> str:
        """The id of the image, tagged with its name. Raises BuildFailed."""
        output: list[str] = []
        id_ = ""
        with self._reported(lambda text: BuildFailed(name, text, output)):
            for event in self._api.build(
                fileobj=context.tar(),
                custom_context=True,
                dockerfile=context.name(),
                tag=name,
                rm=True,
                forcerm=True,
                decode=True,
                **options,
            ):
                id_ = event.get("aux", {}).get("ID", id_)
                _collect(event, output, tell)
                if "error" in event:
                    raise BuildFailed(name, event["error"].strip(), output)
        if not id_:
            raise BuildFailed(name, "no image id found in build output", output)
        return id_

    def pull(
        self, name: str, platform: str, login: Mapping[str, str] | None
    ) -> str | None:
        """Why an image could not be brought here; None if it was."""
        try:
            for event in self._api.pull(
                *_name_and_version(name),
                platform=platform,
                auth_config=dict(login) if login else {},
                stream=True,
                decode=True,
            ):
                if "error" in event:
                    return str(event["error"])
        except APIError as error:
            return str(error.explanation or error)
        except LOST as error:
            raise EngineMissing(error) from error
        return None

    def push(self, name: str, login: Mapping[str, str] | None, tell: Tell) -> str:
        """The digest that the registry gave. Raises PushFailed."""
        repository, _, tag = name.rpartition(":")
        digest = ""
        told: dict[str, str] = {}
        with self._reported(lambda text: PushFailed(name, text)):
            for event in self._api.push(
                repository,
                tag,
                stream=True,
                decode=True,
                auth_config=dict(login) if login else {},
            ):
                digest = event.get("aux", {}).get("Digest", digest)
                layer, status = event.get("id"), event.get("status")
                if layer and status and told.get(layer) != status:
                    told[layer] = status
                    tell(f"{layer}: {status}")
                if "error" in event:
                    raise PushFailed(name, event["error"].strip())
        if not digest:
            raise PushFailed(name, "the registry told no digest")
        return f"{repository}@{digest}"

    def has(self, name: str) -> bool:
        with self._reported(lambda text: ProviderError(f"no look at {name}: {text}")):
            return bool(self._api.images(name))

    def names(self, repository: str, labels: Sequence[str]) -> list[str]:
        """All names of a repository on this engine whose images have the labels."""
        with self._reported(lambda text: ProviderError(f"cannot look: {text}")):
            found = self._api.images(repository, filters={"label": list(labels)})
        return [name for one in found for name in one.get("RepoTags") or ()]

    def remove(self, name: str) -> None:
        """Remove a name, and the image if it has no other. None is fine."""
        try:
            self._api.remove_image(name)
        except ImageNotFound:
            return
        except APIError as error:
            if error.status_code != 409:  # a container still uses it
                raise ProviderError(f"cannot remove {name}: {error}") from error

    def prune(self, labels: Sequence[str]) -> None:
        """Remove the steps of builds that did not come to their end: images with no
        name that carry all the labels, and the builder's own containers of them.
        Without labels nobody knows whose they are."""
        if not labels:
            return
        wanted = {"label": list(labels)}
        with self._reported(lambda text: ProviderError(f"cannot tidy up: {text}")):
            for one in self._api.containers(all=True, filters=wanted):
                if STEP in one["Command"]:
                    self._api.remove_container(one["Id"], force=True)
            filters = {"dangling": True, **wanted}
            self._api.prune_images(filters)  # type: ignore[no-untyped-call]

    def close(self) -> None:
        self._api.close()

    @contextlib.contextmanager
    def _reported(self, wrap: Callable[[str], ProviderError]) -> Iterator[None]:
        try:
            yield
        except APIError as error:
            raise wrap(str(error.explanation or error)) from error
        except LOST as error:
            raise EngineMissing(error) from error


def _collect(event: Mapping[str, Any], output: list[str], tell: Tell) -> None:
    for line in str(event.get("stream", "")).splitlines():
        plain = _COLOUR.sub("", line)
        if plain.strip():
            output.append(plain.rstrip())
            tell(plain.strip())


def _name_and_version(name: str) -> tuple[str, str]:
    """A tag or a digest stands behind the last slash; without one it is ``latest``."""
    if "@" in name:
        repository, _, digest = name.partition("@")
        return repository, digest
    repository, colon, tag = name.rpartition(":")
    return (repository, tag) if colon and "/" not in tag else (name, "latest")
