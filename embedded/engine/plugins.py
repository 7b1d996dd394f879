"""Plugins as processes: found and started as the CLI does.

``pulumi-resource-<package> <engine address>`` is a provider; policy packs are started
likewise. The first line on stdout is the port.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from embedded.engine.errors import PluginFailed, PluginMissing

#: Bytes of one message, as the SDK and the CLI have it.
LARGEST_MESSAGE = 400 * 1024 * 1024
CHANNEL_OPTIONS = [
    ("grpc.max_receive_message_length", LARGEST_MESSAGE),
    ("grpc.max_send_message_length", LARGEST_MESSAGE),
]
#: Seconds that a provider gets to end in, before it is killed.
STOP_LIMIT = 5.0


class Plugin:
    """One running process; ``title`` is what messages call it."""

    def __init__(self, title: str, process: subprocess.Popen[bytes], port: int) -> None:
        self.title = title
        self._process = process
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}", CHANNEL_OPTIONS)
        self._errors: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def died(self) -> str | None:
        """Why it is not there any more; None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            code = self._process.wait(0.5)
            tail = "\n".join(self._errors[-5:])
            return f"{self.title} ended with code {code}. {tail}"
        return None

    def end(self) -> None:
        """Ask it to end; ``stop`` waits until it has."""
        self.channel.close()
        self._process.terminate()

    def stop(self) -> None:
        self.end()
        try:
            self._process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _listen(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stream:
            for line in stream:
                self._errors.append(line.decode(errors="replace").rstrip())


class ProviderPlugin(Plugin):
    """The process of one provider."""

    def __init__(
        self, package: str, title: str, process: subprocess.Popen[bytes], port: int
    ) -> None:
        super().__init__(title, process, port)
        self.package = package
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)


def find(package: str, folders: Sequence[str], environment: Mapping[str, str]) -> str:
    """The executable of a package. Raises PluginMissing."""
    path = os.pathsep.join([*folders, environment.get("PATH", "")])
    found = shutil.which(f"pulumi-resource-{package}", path=path)
    if found is None:
        raise PluginMissing(package, folders)
    return found


class Starting:
    """A process that was started, and has not yet said where it listens."""

    def __init__(
        self,
        title: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        directory: str,
    ) -> None:
        self.title = title
        self._process = subprocess.Popen(
            command,
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is the engine's to handle
        )

    def ready(self) -> tuple[subprocess.Popen[bytes], int]:
        """Wait for its port. Raises PluginFailed."""
        stdout = self._process.stdout
        assert stdout is not None
        line = stdout.readline()
        if not line.strip().isdigit():
            raise PluginFailed(f"{self.title} did not start: {self.end()}")
        threading.Thread(target=_drain, args=(stdout,), daemon=True).start()
        return self._process, int(line)

    def end(self) -> str:
        """Kill it; what it wrote to standard error."""
        process = self._process
        assert process.stdout is not None
        assert process.stderr is not None
        process.kill()
        process.wait()
        process.stdout.close()
        with process.stderr as stream:
            return stream.read().decode(errors="replace").strip()


def spawn(
    package: str,
    engine: str,
    folders: Sequence[str],
    environment: Mapping[str, str],
    directory: str,
) -> Starting:
    """Start a provider in the project's folder. Raises PluginMissing."""
    command = [find(package, folders, environment), engine]
    return Starting(f"the provider {package!r}", command, environment, directory)


def connect(package: str, starting: Starting) -> ProviderPlugin:
    """The provider, once it listens. Raises PluginFailed."""
    return ProviderPlugin(package, starting.title, *starting.ready())


def launch(
    title: str, command: Sequence[str], environment: Mapping[str, str], directory: str
) -> tuple[subprocess.Popen[bytes], int]:
    """Start a process and read its port. Raises PluginFailed."""
    return Starting(title, command, environment, directory).ready()


def _drain(stream: object) -> None:
    """Later output is not for the user, and must not block the provider."""
    with stream as lines:  # type: ignore[attr-defined]
        for _ in lines:
            pass
