"""A local Azure as a process of its own, and clients that sign in at it."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.ports import free_port

PROJECT = Path(__file__).resolve().parents[2]
GROUPS = "2021-04-01"
REGISTRY_AUDIENCE = "https://containerregistry.azure.net"
Json = dict[str, Any]


@dataclass
class Azure:
    """One running local Azure and what a client needs of it."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def connection(self) -> Json:
        found: Json = json.loads((self.home / "connection.json").read_text())
        return found

    @property
    def ca_file(self) -> Path:
        return Path(self.connection["caFile"])

    @property
    def subscription(self) -> str:
        return f"/subscriptions/{self.connection['subscriptionId']}"

    def http(self, **more: Any) -> httpx.Client:
        context = ssl.create_default_context(cafile=str(self.ca_file))
        return httpx.Client(verify=context, trust_env=False, timeout=60, **more)

    def token(self, audience: str | None = None) -> str:
        """An access token of the directory's one application."""
        known = self.connection
        with self.http() as client:
            answer = client.post(
                f"{self.url}/{known['tenantId']}/oauth2/v2.0/token",
                data={
                    "grant_type": "client_credentials",
                    "client_id": known["clientId"],
                    "client_secret": known["clientSecret"],
                    "scope": f"{audience or self.url}/.default",
                },
            )
        text: str = answer.raise_for_status().json()["access_token"]
        return text

    def arm(self) -> httpx.Client:
        """A signed-in client of ARM."""
        headers = {"Authorization": f"Bearer {self.token()}"}
        return self.http(base_url=self.url, headers=headers)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


def start(home: Path, port: int | None = None, **delays: float) -> Azure:
    """``delays``: ``role_delay`` and its like, options of the process."""
    port = port or free_port()
    command = [sys.executable, "-m", "embedded.azure", "--home", str(home)]
    command += ["--port", str(port)]
    for name, seconds in delays.items():
        command += [f"--{name.replace('_', '-')}", str(seconds)]
    home.mkdir(parents=True, exist_ok=True)
    with (home / "log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=log, env=os.environ
        )
    assert process.stdout is not None
    with process.stdout as lines:
        ready = lines.readline()
    assert b"ready" in ready, (home / "log").read_text()
    return Azure(home, port, process)


@pytest.fixture(scope="session")
def start_azure(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Azure]]:
    """Starts local Azures; those that still run at the end are emptied and stopped."""
    started: list[Azure] = []

    def run(
        home: Path | None = None, port: int | None = None, **delays: float
    ) -> Azure:
        folder = home or tmp_path_factory.mktemp("azure") / "home"
        made = start(folder, port, **delays)
        started.append(made)
        return made

    yield run
    for one in started:
        if one.process.poll() is None:
            empty(one)
            one.stop()


def empty(azure: Azure) -> None:
    """Delete every resource group, and wait until they are gone."""
    with azure.arm() as client:
        base = f"{azure.subscription}/resourcegroups"
        version = {"api-version": GROUPS}
        for group in client.get(base, params=version).json()["value"]:
            answer = client.delete(group["id"], params=version)
            while client.get(answer.headers["Location"]).status_code == 202:
                pass


@pytest.fixture(scope="session")
def azure(start_azure: Callable[..., Azure]) -> Azure:
    return start_azure()


@pytest.fixture
def client(azure: Azure) -> Iterator[httpx.Client]:
    with azure.arm() as made:
        yield made
