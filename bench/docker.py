"""The plain commands that figures are compared with: ``docker …`` and a bare registry.

They see a Docker configuration of their own, and the classic builder, as our side has.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import yaml

from bench.clone import CommandFailed
from embedded.azure.registry.distribution import free_port

#: Seconds until something that was started must answer.
PATIENCE = 30.0


def docker(*arguments: str, login: tuple[str, str, str] | None = None) -> str:
    """The command's output; ``login`` is a server, a user and a password.

    Raises CommandFailed.
    """
    command = ["docker", *arguments]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "config.json").write_text(json.dumps(_logins(login)))
        environment = {**os.environ, "DOCKER_CONFIG": folder, "DOCKER_BUILDKIT": "0"}
        done = subprocess.run(
            command, check=False, env=environment, capture_output=True, text=True
        )
    if done.returncode:
        raise CommandFailed(command, done.stdout + done.stderr)
    return done.stdout.strip()


@contextmanager
def distribution() -> Iterator[str]:
    """``127.0.0.1:PORT`` of a bare Distribution: no front, no TLS, no sign-in."""
    with tempfile.TemporaryDirectory(prefix="acr-lab-bench-") as folder:
        port = free_port()
        config = Path(folder, "config.yml")
        config.write_text(yaml.safe_dump(_config(Path(folder, "data"), port)))
        with Path(folder, "log").open("wb") as log:
            process = subprocess.Popen(
                ["docker-registry", "serve", str(config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "OTEL_TRACES_EXPORTER": "none"},
            )
        try:
            _await_port(port)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def answer(url: str, word: str = "") -> None:
    """Wait until a page answers that has the word in it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(httpx.HTTPError):
            if word in httpx.get(url, trust_env=False, timeout=5).text:
                return
        time.sleep(0.01)
    raise CommandFailed(["GET", url], f"no page with {word!r} in {PATIENCE:g} s")


def _logins(login: tuple[str, str, str] | None) -> dict[str, object]:
    if login is None:
        return {}
    server, user, password = login
    secret = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"auths": {server: {"auth": secret}}}


def _await_port(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise CommandFailed(["docker-registry"], f"it does not listen on {port}")


def _config(data: Path, port: int) -> dict[str, object]:
    return {
        "version": 0.1,
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {
            "filesystem": {"rootdirectory": str(data)},
            "delete": {"enabled": True},
        },
        "http": {"addr": f"127.0.0.1:{port}"},
    }
