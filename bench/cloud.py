"""One local Azure of its own for a figure, and clients that are signed in at it."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.clone import CommandFailed
from embedded.azure.registry.distribution import free_port
from embedded.home import PROJECT

GROUPS = {"api-version": "2021-04-01"}
REGISTRIES = {"api-version": "2023-07-01"}
CONTAINERS = {"api-version": "2023-05-01"}
LOCATION = "westeurope"
AUDIENCE = "https://containerregistry.azure.net"
NOBODY = "00000000-0000-0000-0000-000000000000"
Json = dict[str, Any]


@dataclass(frozen=True)
class Azure:
    """A running process that works on ``home``."""

    home: Path
    process: subprocess.Popen[bytes]

    @property
    def connection(self) -> Json:
        found: Json = json.loads((self.home / "connection.json").read_text())
        return found

    @property
    def subscription(self) -> str:
        return f"/subscriptions/{self.connection['subscriptionId']}"

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.connection["caFile"])

    def token(self, audience: str | None = None) -> str:
        """The owner's Entra token, for ARM itself where no audience is given."""
        known = self.connection
        base = known["armEndpoint"]
        with self.http(base) as client:
            answer = client.post(
                f"/{known['tenantId']}/oauth2/v2.0/token",
                data={
                    "grant_type": "client_credentials",
                    "client_id": known["clientId"],
                    "client_secret": known["clientSecret"],
                    "scope": f"{audience or base}/.default",
                },
            )
        return str(good(answer)["access_token"])

    def http(self, base: str, token: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(
            base_url=base,
            headers=headers,
            verify=self.trust,
            trust_env=False,
            timeout=120,
        )

    def arm(self) -> httpx.Client:
        return self.http(self.connection["armEndpoint"], self.token())


def good(answer: httpx.Response) -> Json:
    """The body of an answer. Raises CommandFailed for a refusal."""
    if not answer.is_success:
        request = answer.request
        raise CommandFailed([request.method, str(request.url)], answer.text)
    body: Json = answer.json() if answer.content else {}
    return body


def spawn(home: Path) -> Azure:
    """Start the process; ``ready`` waits until it says that it answers."""
    command = [sys.executable, "-m", "embedded.azure", "--home", str(home)]
    command += ["--port", str(free_port())]
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home / "log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    return Azure(home, process)


def ready(azure: Azure) -> None:
    assert azure.process.stdout is not None
    with azure.process.stdout as lines:
        if b"ready" not in lines.readline():
            text = (azure.home / "log").read_text()
            raise CommandFailed(["embedded.azure"], text)


def stop(azure: Azure) -> None:
    azure.process.terminate()
    azure.process.wait(60)


@contextmanager
def local_azure() -> Iterator[Azure]:
    """Emptied and stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="acr-lab-bench-") as folder:
        azure = spawn(Path(folder, "azure"))
        try:
            ready(azure)
            yield azure
        finally:
            if azure.process.poll() is None:
                _empty(azure)
            stop(azure)


def make_group(arm: httpx.Client, azure: Azure) -> str:
    """The id of a new resource group."""
    path = f"{azure.subscription}/resourceGroups/bench"
    body = {"location": LOCATION}
    return str(good(arm.put(path, params=GROUPS, json=body))["id"])


def make_registry(arm: httpx.Client, group: str) -> Json:
    """The body of a new registry."""
    path = f"{group}/providers/Microsoft.ContainerRegistry/registries/benchmarks"
    body = {"location": LOCATION, "sku": {"name": "Standard"}}
    return good(arm.put(path, params=REGISTRIES, json=body))


def refresh_token(azure: Azure, server: str) -> str:
    """The owner's refresh token at a registry (``docker login``'s password)."""
    form = {"grant_type": "access_token", "service": server}
    form["access_token"] = azure.token(AUDIENCE)
    with azure.http(f"https://{server}") as client:
        answer = client.post("/oauth2/exchange", data=form)
    return str(good(answer)["refresh_token"])


def _empty(azure: Azure) -> None:
    with azure.arm() as client:
        base = f"{azure.subscription}/resourcegroups"
        for group in good(client.get(base, params=GROUPS))["value"]:
            answer = client.delete(group["id"], params=GROUPS)
            while answer.status_code == httpx.codes.ACCEPTED:
                time.sleep(0.1)
                answer = client.get(answer.headers["Location"])
