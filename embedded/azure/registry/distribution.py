"""One real Distribution process per registry (Debian's docker-registry, 2.8).

It checks the front's tokens itself: ``auth.token`` with the registry's own key.
https://distribution.github.io/distribution/about/configuration/
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import shutil
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

from embedded.azure import files
from embedded.azure.keys import SigningKey
from embedded.azure.registry.errors import DistributionFailed, DistributionMissing

LOGGER = logging.getLogger(__name__)
EXECUTABLE = "docker-registry"
ISSUER = "Azure Container Registry"
#: Seconds for a start and for an end.
START_LIMIT = 10.0
STOP_LIMIT = 5.0
#: Seconds until it is started again: the first time, and after many failures.
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0


@dataclass(frozen=True)
class Layout:
    """The files of one registry below its folder."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def repositories(self) -> Path:
        return self.data / "docker/registry/v2/repositories"

    @property
    def key(self) -> Path:
        return self.folder / "token.key"

    @property
    def certificate(self) -> Path:
        return self.folder / "token.pem"

    @property
    def config(self) -> Path:
        return self.folder / "config.yml"

    @property
    def pid(self) -> Path:
        return self.folder / "distribution.pid"

    @property
    def log(self) -> Path:
        return self.folder / "distribution.log"


class Distribution:
    """Starts, watches and ends the process; ``url`` is where it answers."""

    def __init__(self, name: str, layout: Layout, login_server: str) -> None:
        self._name = name
        self._layout = layout
        self._login_server = login_server
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self.url = ""

    async def start(self) -> None:
        """Raises DistributionMissing, DistributionFailed."""
        self._layout.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        end_leftover(self._layout)
        try:
            await self._spawn()
        except BaseException:
            await self.stop()
            raise
        self._watch = asyncio.create_task(self._keep_alive())

    async def stop(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), STOP_LIMIT)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        self._layout.pid.unlink(missing_ok=True)

    async def _spawn(self) -> None:
        executable = shutil.which(EXECUTABLE)
        if executable is None:
            raise DistributionMissing
        port = free_port()
        self._configure(port)
        with self._layout.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                executable,
                "serve",
                str(self._layout.config),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={
                    "PATH": os.environ.get("PATH", ""),
                    "OTEL_TRACES_EXPORTER": "none",
                },
                start_new_session=True,
            )
        self._layout.pid.write_text(str(self._process.pid))
        await self._wait_until_it_listens(port)
        self.url = f"http://127.0.0.1:{port}"

    async def _wait_until_it_listens(self, port: int) -> None:
        assert self._process is not None
        end = time.monotonic() + START_LIMIT
        while time.monotonic() < end and self._process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.01)
                continue
            writer.close()
            return
        lines = self._layout.log.read_text(errors="replace").splitlines()
        raise DistributionFailed(self._name, lines[-1] if lines else "")

    async def _keep_alive(self) -> None:
        """Start it again when it ends by itself, and again if that does not work."""
        pause = FIRST_PAUSE
        while True:
            assert self._process is not None
            code = await self._process.wait()
            LOGGER.warning("the Distribution of %s ended: %s", self._name, code)
            await asyncio.sleep(pause)
            try:
                await self._spawn()
                pause = FIRST_PAUSE
            except (DistributionMissing, DistributionFailed, OSError) as error:
                LOGGER.error("the Distribution of %s is down: %s", self._name, error)
                pause = min(pause * 2, LONGEST_PAUSE)
                end_leftover(self._layout)  # one that runs and does not listen

    def _configure(self, port: int) -> None:
        layout = self._layout
        files.replace(layout.certificate, SigningKey(layout.key).certificate(), 0o644)
        config = {
            "version": 0.1,
            "log": {"level": "warn", "accesslog": {"disabled": True}},
            "storage": {
                "filesystem": {"rootdirectory": str(layout.data)},
                "delete": {"enabled": True},
                "maintenance": {"uploadpurging": {"enabled": False}},
            },
            # Windows' own layers stay where they are: their manifests name an address.
            "validation": {"manifests": {"urls": {"allow": ["^https?://"]}}},
            "http": {
                "addr": f"127.0.0.1:{port}",
                "secret": secrets.token_hex(16),
                "relativeurls": True,
            },
            "auth": {
                "token": {
                    "realm": f"https://{self._login_server}/oauth2/token",
                    "service": self._login_server,
                    "issuer": ISSUER,
                    "rootcertbundle": str(layout.certificate),
                }
            },
        }
        files.replace(layout.config, yaml.safe_dump(config).encode(), 0o600)


def end_leftover(layout: Layout) -> None:
    """End the processes that a crash left: those that serve this registry's config.

    The pid file alone does not tell them, for it is written after the start.
    """
    for pid in _serving(layout):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    layout.pid.unlink(missing_ok=True)


def _serving(layout: Layout) -> list[int]:
    config = str(layout.config).encode()
    folders = [one for one in Path("/proc").glob("[0-9]*") if one.name.isdigit()]
    return [int(one.name) for one in folders if config in _words(one)]


def _words(process: Path) -> list[bytes]:
    with contextlib.suppress(OSError):
        return process.joinpath("cmdline").read_bytes().split(b"\0")
    return []


def free_port() -> int:
    """A port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
