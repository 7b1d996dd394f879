"""Listens to what the Docker Engine says about our containers, in a thread of its own.

It connects again after a loss, and says so, because what happened meanwhile is unknown.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from docker import DockerClient
from docker.errors import DockerException
from docker.types.daemon import CancellableStream
from requests.exceptions import RequestException

from embedded.azure.instance.engine import (
    CONTAINER_LABEL,
    GROUP_LABEL,
    HOME_LABEL,
    ROLE_LABEL,
    DockerEngine,
    connect,
)

EVENTS = ["start", "kill", "die", "destroy"]
#: The signals that end a container: KILL and TERM.
ENDING = {"9", "15"}
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0


@dataclass(frozen=True)
class Happening:
    """``what`` is one of EVENTS; ``exit_code`` is of a die, ``signal`` of a kill."""

    what: str
    group: str
    container: str
    role: str
    engine_id: str
    exit_code: int
    signal: str

    @property
    def ends(self) -> bool:
        """Whether it is a signal that is meant to end the container."""
        return self.what == "kill" and self.signal in ENDING


class Watcher:
    """``tell`` and ``connected`` are called on the watcher's thread."""

    def __init__(
        self,
        engine: DockerEngine,
        tell: Callable[[Happening], None],
        connected: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._tell = tell
        self._connected = connected
        self._ended = threading.Event()
        self._stream: CancellableStream[Any] | None = None
        self._thread = threading.Thread(
            target=self._run, name="docker-events", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns once no more calls will come."""
        self._ended.set()
        self._hang_up()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._ended.is_set():
            try:
                self._listen()
                pause = FIRST_PAUSE
            except (DockerException, RequestException, OSError, ValueError):
                pause = min(pause * 2, LONGEST_PAUSE)
            self._ended.wait(pause)

    def _listen(self) -> None:
        client = connect()
        self._stream = self._events(client)
        try:
            if self._ended.is_set():
                return
            # From here on nothing is missed, so now is the time to look around.
            self._connected()
            for event in self._stream:
                self._tell(_happening(event))
        finally:
            self._hang_up()
            # Closing the stream leaves a file on its socket, which this closes.
            getattr(self._stream, "_response").close()  # noqa: B009
            client.close()

    def _hang_up(self) -> None:
        """From either thread, and more than once."""
        if self._stream is not None:
            # docker-py trips over a stream that the engine has ended.
            with suppress(OSError, AttributeError, DockerException):
                self._stream.close()

    def _events(self, client: DockerClient) -> CancellableStream[Any]:
        filters = {
            "type": "container",
            "event": EVENTS,
            "label": f"{HOME_LABEL}={self._engine.home}",
        }
        return client.events(decode=True, filters=filters)


def _happening(event: Mapping[str, Any]) -> Happening:
    actor = event["Actor"]
    attributes = actor["Attributes"]
    return Happening(
        what=str(event["Action"]),
        group=attributes.get(GROUP_LABEL, ""),
        container=attributes.get(CONTAINER_LABEL, ""),
        role=attributes.get(ROLE_LABEL, ""),
        engine_id=str(actor["ID"]),
        exit_code=int(attributes.get("exitCode", 0)),
        signal=str(attributes.get("signal", "")),
    )
