"""Whether the app that was deployed answers, and what its containers say if not."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from embedded.cloud import LocalAzure
from embedded.errors import AppSilent, VariableInvalid

#: Seconds that the app gets to answer in after an update.
PATIENCE = 60.0
#: Seconds between two tries.
PAUSE = 0.02
#: Seconds between two looks at a container that does not answer.
LOOK = 2.0
#: A container that has ended as often will not come round by itself.
RESTARTS = 5
#: Lines of a container's log that an error shows.
LINES = 12
#: States of a group in which nothing runs any more.
OVER = ("Failed", "Stopped", "Succeeded")
VERSION = {"api-version": "2023-05-01"}


@dataclass(frozen=True)
class App:
    """``path`` is the container group's, below the subscription."""

    azure: LocalAzure
    url: str
    path: str

    @classmethod
    def of(cls, azure: LocalAzure, outputs: Mapping[str, Any]) -> App | None:
        """That of a stack's outputs; None for a stack without one."""
        if not outputs.get("url"):
            return None
        path = (
            f"/resourceGroups/{outputs.get('resourceGroup')}/providers"
            f"/Microsoft.ContainerInstance/containerGroups"
            f"/{outputs.get('containerGroup')}"
        )
        return cls(azure, str(outputs["url"]), path)

    def wait(self) -> None:
        """Return as soon as it answers. Raises AppSilent if it does not in time, or
        if all that could answer has ended.
        """
        patience = patience_of(os.environ)
        start = look = time.monotonic()
        said = "nothing"
        while time.monotonic() - start < patience:
            status = self._ask()
            if status is not None and status < HTTPStatus.INTERNAL_SERVER_ERROR:
                return
            said = "nothing" if status is None else f"with status {status}"
            if time.monotonic() - look > LOOK:
                look = time.monotonic()
                if self._is_over():
                    break
            time.sleep(PAUSE)
        raise AppSilent(self.url, time.monotonic() - start, said, list(self._facts()))

    def _ask(self) -> int | None:
        """The status of a GET, which no proxy sees; None where nothing answers."""
        import http.client  # most commands ask nobody
        from urllib.parse import urlsplit

        parts = urlsplit(self.url)
        host = parts.hostname or ""
        connection = http.client.HTTPConnection(host, parts.port, timeout=5)
        try:
            connection.request("GET", parts.path or "/")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def _is_over(self) -> bool:
        properties = self._group().get("properties", {})
        if properties.get("instanceView", {}).get("state") in OVER:
            return True
        views = [_view(one) for one in properties.get("containers", ())]
        return any(view.get("restartCount", 0) >= RESTARTS for view in views)

    def _facts(self) -> Iterator[str]:
        """A container's state and its last words, for each."""
        for one in self._group().get("properties", {}).get("containers", ()):
            yield f"Container {one['name']!r} {_state(_view(one))}. It said at last:"
            lines = self._log(one["name"]).splitlines() or ["(nothing)"]
            yield from (f"    {line}" for line in lines[-LINES:])

    def _group(self) -> dict[str, Any]:
        return self._get(self.path)

    def _log(self, container: str) -> str:
        path = f"{self.path}/containers/{container}/logs"
        return str(self._get(path, tail=str(LINES)).get("content", ""))

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        """Nothing where there is no answer: this only explains another failure."""
        from embedded import contents  # with a client that few commands need

        known = self.azure.connection
        return contents.read(known, path, {**VERSION, **query}) if known else {}


def patience_of(environment: Mapping[str, str]) -> float:
    """Seconds; raises VariableInvalid."""
    text = environment.get("EMBEDDED_PATIENCE") or str(PATIENCE)
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 3600:
        raise VariableInvalid("EMBEDDED_PATIENCE", text, "seconds, from 0 to 3600")
    return seconds


def _view(container: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = container.get("properties", {}).get("instanceView", {})
    return found


def _state(view: Mapping[str, Any]) -> str:
    """``has ended with exit code 3 and was started 5 times again``."""
    restarts = view.get("restartCount", 0)
    again = f" and was started again {restarts} times" if restarts else ""
    ends = (view.get("currentState", {}), view.get("previousState", {}))
    for state in ends:
        if state.get("exitCode") is not None:
            return f"has ended with exit code {state['exitCode']}{again}"
    word = str(ends[0].get("state", "Unknown")).lower()
    return f"is {word}{again}"
