"""Images on the Docker Engine that carry the name of a login server.

When a registry goes, its names mean nothing any more: the references are removed.
"""

from __future__ import annotations

import logging

import docker
from docker.errors import DockerException, ImageNotFound

LOGGER = logging.getLogger(__name__)


def forget(login_server: str) -> bool:
    """Remove all references below a login server; False where no engine answers."""
    try:
        client = docker.from_env(timeout=30)
    except DockerException:
        return False
    try:
        for image in client.images.list():
            # A digest alone, of an image pulled by it, is a reference too; a tag's
            # digest goes with the last tag, so the tags come first.
            for name in [*image.tags, *image.attrs.get("RepoDigests", ())]:
                if name.startswith(f"{login_server}/"):
                    _remove(client, name)
        return True
    except OSError:  # of requests: the engine has gone meanwhile
        return False
    finally:
        client.close()


def _remove(client: docker.DockerClient, name: str) -> None:
    try:
        client.images.remove(name)
    except ImageNotFound:
        return
    except DockerException as error:
        LOGGER.warning("the image %s stays on the Docker Engine: %s", name, error)
