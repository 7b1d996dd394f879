"""Liveness and readiness probes, with the meaning they have in Kubernetes.

A liveness probe that fails ``failureThreshold`` times in a row ends the container; a
readiness probe only says whether it should get traffic.
"""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import cast

import httpx

from embedded.azure.instance.engine import DockerEngine
from embedded.azure.instance.failures import EngineRefused, EngineUnavailable
from embedded.azure.instance.spec import Container, Group, HttpGet, Probe

LIVENESS, READINESS = "Liveness", "Readiness"


@dataclass(frozen=True)
class Target:
    """One run of one container. ``address`` is the group's own, None without one."""

    group_id: str
    group: Group
    container: Container
    engine_id: str
    address: str | None


@dataclass(frozen=True)
class Listener:
    """Who is told: ``failed(target, message)`` at each failed probe."""

    failed: Callable[[Target, str], None]
    ready: Callable[[Target, bool], None]
    dead: Callable[[Target], Awaitable[None]]


class Prober:
    """Runs the probes of one container at a time per task."""

    def __init__(self, engine: DockerEngine, listener: Listener) -> None:
        self._engine = engine
        self._listener = listener

    async def live(self, target: Target, probe: Probe) -> None:
        """Until the threshold of failures is reached; then the container is dead."""
        await asyncio.sleep(probe.delay)
        failures = 0
        while True:
            problem = await self.attempt(target, probe)
            failures = failures + 1 if problem else 0
            if problem:
                message = f"{LIVENESS} probe failed: {problem}"
                self._listener.failed(target, message)
            if failures >= probe.failures:
                await self._listener.dead(target)
                return
            await asyncio.sleep(probe.period)

    async def become_ready(self, target: Target, probe: Probe) -> None:
        """For as long as the container runs."""
        self._listener.ready(target, False)
        await asyncio.sleep(probe.delay)
        failures = successes = 0
        while True:
            problem = await self.attempt(target, probe)
            failures = failures + 1 if problem else 0
            successes = 0 if problem else successes + 1
            if problem:
                self._listener.failed(target, f"{READINESS} probe failed: {problem}")
            if failures >= probe.failures:
                self._listener.ready(target, False)
            if successes >= probe.successes:
                self._listener.ready(target, True)
            await asyncio.sleep(probe.period)

    async def attempt(self, target: Target, probe: Probe) -> str | None:
        """None if the probe succeeds, else what went wrong."""
        if probe.http is not None:
            return await self._get(target, probe.http, probe.timeout)
        return await asyncio.to_thread(self._execute, target, probe)

    async def _get(self, target: Target, http: HttpGet, seconds: int) -> str | None:
        try:
            host = await asyncio.to_thread(self._host, target, http.port)
            url = f"{http.scheme}://{host}:{http.port}/{http.path.lstrip('/')}"
            answer = await asyncio.wait_for(_fetch(url, http), seconds)
        except (httpx.HTTPError, httpx.InvalidURL, EngineRefused, OSError) as error:
            return str(error) or type(error).__name__
        except EngineUnavailable:
            return None
        if 200 <= answer.status_code < 400:
            return None
        return f"HTTP probe failed with statuscode: {answer.status_code}"

    def _host(self, target: Target, port: int) -> str:
        """The group's address if the port is outside, else the container's own."""
        address = target.group.address
        outside = () if address is None else address.ports
        if target.address and any(port == each.number for each in outside):
            return target.address
        with self._engine.talking("find a container's address") as client:
            found = client.containers.get(target.engine_id)
            mode = str(found.attrs["HostConfig"]["NetworkMode"])
            if mode.startswith("container:"):
                found = client.containers.get(mode.removeprefix("container:"))
            return str(found.attrs["NetworkSettings"]["IPAddress"])

    def _execute(self, target: Target, probe: Probe) -> str | None:
        try:
            with self._engine.talking("run a probe") as client:
                command = list(probe.command)
                run = client.api.exec_create(target.engine_id, command)["Id"]
                stream = cast(io.IOBase, client.api.exec_start(run, socket=True))
                finished = _drain(stream, probe.timeout)
                code = client.api.exec_inspect(run)["ExitCode"] if finished else None
        except EngineRefused as error:
            return error.message
        except EngineUnavailable:
            # That the engine is away says nothing about the container.
            return None
        if code == 0:
            return None
        return "timed out" if code is None else f"command ended with exit code {code}"


async def _fetch(url: str, http: HttpGet) -> httpx.Response:
    async with httpx.AsyncClient(
        verify=False,  # noqa: S501 - probes accept any certificate, as in Azure
        trust_env=False,
        timeout=None,  # noqa: S113 - the caller has one for the whole
    ) as client:
        return await client.get(url, headers=dict(http.headers))


def _drain(stream: io.IOBase, timeout: float) -> bool:
    """Whether the command ended in time. Its output is of no interest."""
    raw: socket.socket = getattr(stream, "_sock")  # noqa: B009 - docker-py's own way
    deadline = monotonic() + timeout
    try:
        while (left := deadline - monotonic()) > 0:
            raw.settimeout(left)
            if not raw.recv(65536):
                return True
    except TimeoutError:
        return False
    finally:
        stream.close()
        raw.close()
    return False
