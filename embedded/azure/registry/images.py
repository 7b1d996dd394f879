"""Images on the Docker Engine that carry the name of a login server.

When a registry goes, its names mean nothing any more: the references are removed.
"""

from __future__ import annotations

import logging

import docker
from docker.errors import DockerException

LOGGER = logging.getLogger(__name__)


def forget(login_server: str) -> None:
    """Remove all references below a login server. Without an engine there are none."""
    try:
        client = docker.from_env(timeout=30)
    except DockerException:
        return
    try:
        for image in client.images.list():
            for tag in image.tags:
                if tag.startswith(f"{login_server}/"):
                    _remove(client, tag)
    finally:
        client.close()


def _remove(client: docker.DockerClient, tag: str) -> None:
    try:
        client.images.remove(tag)
    except DockerException as error:
        LOGGER.warning("the image %s stays on the Docker Engine: %s", tag, error)
