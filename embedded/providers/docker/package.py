"""The package ``docker``: one resource type, no functions."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from embedded.providers.docker.engine import Engine
from embedded.providers.docker.image import Image
from embedded.providers.resource import Log, ProviderError, Resource
from embedded.providers.values import Properties

IMAGE = "docker:index/image:Image"


class Docker:
    """The engine is connected to only when something is built, pushed or removed."""

    name = "docker"
    version = "5.2.0"

    def __init__(self) -> None:
        self._host: str | None = None
        self._log: Log = _silent
        self._lock = threading.Lock()
        self._made: Engine | None = None

    def configure(self, config: Mapping[str, str], log: Log) -> None:
        self._host = config.get("host")
        self._log = log

    def resource(self, type_: str) -> Resource:
        if type_ != IMAGE:
            raise ProviderError(
                f"this stand-in of the docker provider has no {type_!r}; it has {IMAGE}"
            )
        return Image(self._engine, self._log)

    def invoke(self, token: str, arguments: Properties) -> Properties:
        raise ProviderError(f"this stand-in of the docker provider has no {token!r}")

    def _engine(self) -> Engine:
        with self._lock:
            if self._made is None:
                self._made = Engine(self._host)
            return self._made


def _silent(
    urn: str, text: str, *, ephemeral: bool = True, warning: bool = False
) -> None:
    """Before the engine has configured the plugin nobody listens."""
