"""The few calls of the Docker Engine API that the set-up needs, over its socket.

Docker Engine API v1.41: https://docs.docker.com/reference/api/engine/version/v1.41/
"""

from __future__ import annotations

import http.client
import json
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import urlencode, urlsplit

from embedded.machine.errors import DockerRefused, DockerUnreachable, ImageRefused

DEFAULT_HOST = "unix:///var/run/docker.sock"


def address(environment: Mapping[str, str] = os.environ) -> str:
    """``DOCKER_HOST`` or the default socket."""
    return environment.get("DOCKER_HOST") or DEFAULT_HOST


class _SocketConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)  # close() closes it when this fails


def answers(host: str) -> bool:
    """Whether an engine is there. Raises DockerRefused if it will not talk to us."""
    connection = _connection(host, 5)
    try:
        connection.request("GET", "/_ping")
        return connection.getresponse().status == http.client.OK
    except PermissionError as error:
        raise DockerRefused(host) from error
    except OSError:
        return False
    finally:
        connection.close()


def has_image(host: str, name: str) -> bool:
    return _call(host, "GET", f"/images/{name}/json")[0] == 200


def pull(host: str, name: str) -> bool:
    """Try to get an image from its registry; whether that worked."""
    repository, _, tag = name.partition(":")
    query = urlencode({"fromImage": repository, "tag": tag or "latest"})
    status, text = _call(host, "POST", f"/images/create?{query}", timeout=300)
    return status == 200 and '"error"' not in text


def import_image(host: str, name: str, archive: Path) -> None:
    """Make an image out of a root file system (tar). Raises ImageRefused."""
    repository, _, tag = name.partition(":")
    query = urlencode({"fromSrc": "-", "repo": repository, "tag": tag})
    with archive.open("rb") as body:
        target = f"/images/create?{query}"
        status, text = _call(host, "POST", target, timeout=300, body=body)
    if status != 200 or '"error"' in text:
        raise ImageRefused(name, text.strip())


def remove_image(host: str, name: str) -> bool:
    return _call(host, "DELETE", f"/images/{name}")[0] == 200


def running_containers(host: str) -> int:
    status, text = _call(host, "GET", "/containers/json")
    return len(json.loads(text)) if status == 200 else 0


def _call(
    host: str,
    method: str,
    target: str,
    *,
    timeout: float = 30,
    body: IO[bytes] | None = None,
) -> tuple[int, str]:
    connection = _connection(host, timeout)
    chunked = {"Transfer-Encoding": "chunked", "Content-Type": "application/x-tar"}
    try:
        connection.request(
            method, target, body, chunked if body else {}, encode_chunked=bool(body)
        )
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    except OSError as error:
        raise DockerUnreachable(host, str(error)) from error
    finally:
        connection.close()


def _connection(host: str, timeout: float) -> http.client.HTTPConnection:
    parts = urlsplit(host)
    if parts.scheme == "unix":
        return _SocketConnection(parts.path, timeout)
    with suppress(ValueError):  # of a port that is none
        if parts.scheme in ("tcp", "http") and parts.hostname:
            port = parts.port or 2375
            return http.client.HTTPConnection(parts.hostname, port, timeout)
    raise DockerUnreachable(host, "only unix:// and tcp:// addresses are understood")
