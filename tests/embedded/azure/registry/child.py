"""Children of one registry, through ARM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from tests.embedded.azure.registry.registry import Json, Registry, got

VERSION = {"api-version": "2024-11-01-preview"}
TASKS = {"api-version": "2019-06-01-preview"}
LOCATED = ("webhooks", "replications", "tasks")


@dataclass(frozen=True)
class Child:
    """One path below a registry, there or not."""

    registry: Registry
    type: str
    name: str

    @property
    def path(self) -> str:
        return f"{self.registry.path}/{self.type}/{self.name}"

    def put(self, **properties: Any) -> httpx.Response:
        body: Json = {"properties": properties}
        if self.type in LOCATED:
            body["location"] = "westeurope"
        return self._send("PUT", self.path, body)

    def patch(self, **properties: Any) -> httpx.Response:
        return self._send("PATCH", self.path, {"properties": properties})

    def get(self) -> httpx.Response:
        return self._send("GET", self.path)

    def delete(self) -> httpx.Response:
        return self._send("DELETE", self.path)

    def post(self, verb: str) -> Json:
        return got(self._send("POST", f"{self.path}/{verb}", {}))

    def _send(self, method: str, path: str, body: Json | None = None) -> httpx.Response:
        params = TASKS if self.type == "tasks" else VERSION
        return self.registry.arm.request(method, path, params=params, json=body)


def made(registry: Registry, type_: str, name: str, /, **properties: Any) -> Child:
    child = Child(registry, type_, name)
    got(child.put(**properties))
    return child


def names(registry: Registry, type_: str) -> list[str]:
    version = TASKS if type_ == "tasks" else VERSION
    answer = registry.arm.get(f"{registry.path}/{type_}", params=version)
    return [one["name"] for one in got(answer)["value"]]
