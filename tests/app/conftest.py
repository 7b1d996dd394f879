"""The app as a process of its own, asked over HTTP."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.ports import free_port

APP = Path(__file__).resolve().parents[2] / "app"
ABOUT = {
    "APP_IMAGE": "registry.example:5000/team/web:abc",
    "APP_DIGEST": "sha256:1234",
    "APP_REGISTRY": "registry.example:5000",
    "APP_REGION": "west<europe>",
}


@dataclass
class App:
    """One running app and what it has logged."""

    port: int
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, list[dict[str, Any]]]:
        """Exit code, and all log lines."""
        self.process.send_signal(number)
        text, _ = self.process.communicate(timeout=10)
        return self.process.returncode, [json.loads(one) for one in text.splitlines()]


def launch(port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "web"],
        cwd=APP,
        env={**os.environ, **ABOUT, "PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def start() -> Iterator[Callable[[], App]]:
    made: list[App] = []

    def run() -> App:
        port = free_port()
        process = launch(port)
        assert process.stdout is not None
        first = process.stdout.readline()
        assert "serving" in first
        made.append(App(port, process, [first]))
        return made[-1]

    yield run
    for app in made:
        if app.process.poll() is None:
            app.process.kill()
            app.process.communicate()
        elif app.process.stdout is not None:
            app.process.stdout.close()


@pytest.fixture
def app(start: Callable[[], App]) -> App:
    return start()
