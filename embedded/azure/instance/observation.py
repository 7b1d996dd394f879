"""What the engine says about one container, and its log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from docker.models.containers import Container as EngineContainer

from embedded.azure.instance.engine import (
    CONTAINER_LABEL,
    ROLE_LABEL,
    DockerEngine,
    label,
)
from embedded.azure.instance.sandbox import ROLE as SANDBOX

#: Azure keeps 4 MB of a running container's log.
LOG_LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True)
class Observation:
    """``status`` is Docker's word; times are RFC 3339, "" where there is none yet."""

    id: str
    status: str
    exit_code: int
    started: str
    finished: str
    out_of_memory: bool
    error: str
    restarts: int


class Observer:
    """Looks, and changes nothing."""

    def __init__(self, engine: DockerEngine) -> None:
        self._engine = engine

    def containers(self, group_id: str) -> dict[str, Observation]:
        """By container name; init containers too. Raises EngineUnavailable."""
        return {
            label(each, CONTAINER_LABEL): _observed(each)
            for each in self._engine.containers(group_id)
            if label(each, ROLE_LABEL) != SANDBOX
        }

    def logs(
        self, group_id: str, container: str, tail: int | None, *, timestamps: bool
    ) -> str | None:
        """None if the engine has no such container."""
        for each in self._engine.containers(group_id):
            if label(each, CONTAINER_LABEL) == container:
                return self._log(each, tail, timestamps=timestamps)
        return None

    def _log(
        self, container: EngineContainer, tail: int | None, *, timestamps: bool
    ) -> str:
        with self._engine.talking("read a log"):
            count: int | Literal["all"] = "all" if tail is None else tail
            raw: bytes = container.logs(tail=count, timestamps=timestamps)
        return raw[-LOG_LIMIT:].decode("utf-8", "replace")


def _observed(container: EngineContainer) -> Observation:
    state = container.attrs["State"]
    return Observation(
        id=str(container.id),
        status=str(container.status),
        exit_code=int(state["ExitCode"]),
        started=_time(state["StartedAt"]),
        finished=_time(state["FinishedAt"]),
        out_of_memory=bool(state["OOMKilled"]),
        error=str(state["Error"]),
        restarts=int(container.attrs.get("RestartCount", 0)),
    )


def _time(text: str) -> str:
    """Docker writes the year 1 for never, and nanoseconds, which Azure does not."""
    if text.startswith("0001"):
        return ""
    return text.split(".")[0].rstrip("Z") + "Z"
