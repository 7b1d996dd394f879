"""The package ``azure-native``: its configuration, resources and functions."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping

from embedded.providers.azure_native import functions, types
from embedded.providers.azure_native.arm import Client, NotForAzure
from embedded.providers.azure_native.resource import ArmResource
from embedded.providers.resource import Log, Resource
from embedded.providers.values import Properties


class AzureNative:
    """Everything is asked of ARM only when it is needed."""

    name = "azure-native"
    version = "3.29.0"

    def __init__(self) -> None:
        self._config: Mapping[str, str] = {}
        self._lock = threading.Lock()
        self._made: Client | None = None

    def configure(self, config: Mapping[str, str], log: Log) -> None:
        """Raises NotForAzure: the stand-in never talks to the real one."""
        if not os.environ.get("EMBEDDED_ARM_ENDPOINT"):
            raise NotForAzure
        self._config = config
        self._made = None

    def resource(self, type_: str) -> Resource:
        location = self._config.get("location") or os.environ.get("ARM_LOCATION")
        return ArmResource(types.find(type_), self._client, location)

    def invoke(self, token: str, arguments: Properties) -> Properties:
        return functions.call(self._client(), token, arguments)

    def _client(self) -> Client:
        with self._lock:
            if self._made is None:
                self._made = Client(self._config)
            return self._made
