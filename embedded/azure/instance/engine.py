"""The Docker Engine: one connection, and one meaning for its failures.

docker-py is synchronous, so everything here runs in threads. The user's own Docker
configuration is never written, and its credentials are never sent.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import docker
from docker import DockerClient
from docker.auth import AuthConfig
from docker.errors import APIError, DockerException
from docker.models.containers import Container
from requests.exceptions import RequestException

from embedded.azure.ids import key
from embedded.azure.instance.failures import EngineRefused, EngineUnavailable

HOME_LABEL = "acr-lab.embedded"
GROUP_LABEL = "acr-lab.group"
CONTAINER_LABEL = "acr-lab.container"
ROLE_LABEL = "acr-lab.role"
SPEC_LABEL = "acr-lab.spec"

#: How long one answer of the engine may take, in seconds.
TIMEOUT = 60


class DockerEngine:
    """A connection that is made when it is first needed, and again after a failure.

    ``home`` is the folder whose containers are ours; it is the value of their label.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._lock = threading.Lock()
        self._client: DockerClient | None = None

    @contextmanager
    def talking(self, what: str) -> Iterator[DockerClient]:
        """The client, with its failures turned into ArmErrors.

        ``what`` completes "The Docker Engine could not …". Raises EngineUnavailable
        or EngineRefused.
        """
        try:
            yield self._connected()
        except APIError as error:
            raise EngineRefused(what, _reason(error)) from error
        except (DockerException, RequestException, OSError) as error:
            raise EngineUnavailable(address(), _first_line(error)) from error

    def _connected(self) -> DockerClient:
        with self._lock:
            if self._client is None:
                self._client = connect()
            return self._client

    def close(self) -> None:
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None

    def labels(self, group_id: str, container: str, role: str) -> dict[str, str]:
        return {
            HOME_LABEL: str(self.home),
            GROUP_LABEL: key(group_id),
            CONTAINER_LABEL: container,
            ROLE_LABEL: role,
        }

    def containers(self, group_id: str | None = None) -> list[Container]:
        """Ours, also those that do not run: of one group, or of all."""
        found = [f"{HOME_LABEL}={self.home}"]
        if group_id is not None:
            found.append(f"{GROUP_LABEL}={key(group_id)}")
        with self.talking("list containers") as client:
            # A container may go between the list and the look at it.
            return client.containers.list(
                all=True, filters={"label": found}, ignore_removed=True
            )


def address() -> str:
    return os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"


def connect() -> DockerClient:
    """A new client, for ``DOCKER_HOST`` or the default socket.

    Raises docker.errors.DockerException or OSError if nothing answers.
    """
    _knock(address())
    client = docker.from_env(timeout=TIMEOUT)
    # What the user signed in to with `docker login` is not the groups' to use.
    setattr(client.api, "_auth_configs", AuthConfig({}))  # noqa: B010 - untyped
    return client


def _knock(host: str) -> None:
    """docker-py leaves a socket open each time that nobody answers; this does not."""
    if host.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(TIMEOUT)
            probe.connect(host.removeprefix("unix://"))


def label(container: Container, name: str) -> str:
    labels: Mapping[str, str] = container.labels or {}
    return labels.get(name, "")


def _reason(error: Exception) -> str:
    return str(getattr(error, "explanation", None) or _first_line(error)).strip()


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0][:300] if lines else type(error).__name__
