"""A clone of the project with a home, a port and a local Azure of its own."""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import httpx
import pytest

from tests.ports import free_port

PROJECT = Path(__file__).resolve().parents[2]
Json = dict[str, Any]
#: On every image of a clone, so that two clones do not meet.
LABEL = "acr-lab.clone"


@dataclass
class Clone:
    """A copy of the tree, driven by its command line alone."""

    root: Path
    home: Path
    environment: dict[str, str] = field(default_factory=dict)
    #: The one that every command is about.
    stack: str = "local"

    def run(self, *arguments: str, code: int | None = 0) -> str:
        """``python -m embedded …``: all it printed; its exit code must be ``code``."""
        about = [] if arguments[0] == "azure" else ["--stack", self.stack]
        done = subprocess.run(
            [self.root / ".venv/bin/python", "-m", "embedded", *arguments, *about],
            check=False,
            cwd=self.root,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=240,
        )
        if code is not None:
            assert done.returncode == code, done.stdout
        return done.stdout

    def up(self, code: int = 0) -> str:
        return self.run("up", "--yes", code=code)

    def destroy(self) -> str:
        return self.run("destroy", "--yes")

    def outputs(self) -> Json:
        found: Json = json.loads(self.run("stack", "output", "--json"))
        return found

    def resources(self) -> dict[str, Json]:
        """Name -> resource, of all that the state holds."""
        state = json.loads(self.run("stack", "export"))
        found = state["deployment"].get("resources", [])
        return {one["urn"].rsplit("::", 1)[-1]: one for one in found}

    def arm(self) -> httpx.Client:
        """Signed in at the clone's own Azure, below its subscription."""
        known = json.loads((self.home / "azure" / "connection.json").read_text())
        context = ssl.create_default_context(cafile=known["caFile"])
        base = known["armEndpoint"]
        form = {
            "grant_type": "client_credentials",
            "client_id": known["clientId"],
            "client_secret": known["clientSecret"],
            "scope": f"{base}/.default",
        }
        url = f"{base}/{known['tenantId']}/oauth2/v2.0/token"
        with httpx.Client(verify=context, trust_env=False) as plain:
            token = plain.post(url, data=form).json()["access_token"]
        return httpx.Client(
            verify=context,
            trust_env=False,
            headers={"Authorization": f"Bearer {token}"},
            base_url=f"{base}/subscriptions/{known['subscriptionId']}",
        )

    def configure(self, **values: object) -> None:
        """Set keys of the stack's configuration; None takes one out."""
        file = self.root / f"Pulumi.{self.stack}.yaml"
        lines = [
            line
            for line in file.read_text().splitlines()
            if not any(f"acr-lab:{key}:" in line for key in values)
        ]
        at = lines.index("config:") + 1
        for key, value in values.items():
            if value is not None:
                lines.insert(at, f"  acr-lab:{key}: {json.dumps(value)}")
        file.write_text("\n".join(lines) + "\n")

    def page(self) -> str:
        return httpx.get(self.outputs()["url"], timeout=10).raise_for_status().text

    def containers(self) -> list[Any]:
        """What the clone's local Azure runs on the Docker Engine, stopped ones too."""
        client = docker.from_env()
        try:
            label = f"acr-lab.embedded={self.home / 'azure'}"
            found: list[Any] = client.containers.list(
                all=True, filters={"label": label}
            )
            return found
        finally:
            client.close()

    def images(self) -> set[str]:
        """Everything on the Docker Engine that was built from the clone's app/."""
        client = docker.from_env()
        try:
            built = {"label": f"{LABEL}={self.root}"}
            return {one["Id"] for one in client.api.images(all=True, filters=built)}
        finally:
            client.close()


def copy_tree(target: Path) -> None:
    """All files that a clone would have, and those not committed yet."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(listed, cwd=PROJECT, text=True).split("\0")
    for name in filter(None, names):
        if (PROJECT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, target / name)
    dockerfile = target / "app" / "Dockerfile"
    text = dockerfile.read_text().replace(
        "\nWORKDIR", f"\nLABEL {LABEL}={target}\nWORKDIR"
    )
    dockerfile.write_text(text)


def make_clone(folder: Path) -> Clone:
    root, user = folder / "clone", folder / "user"
    copy_tree(root)
    user.mkdir()
    (root / ".venv").symlink_to(sys.prefix)
    home = root / ".embedded"
    environment = {
        "HOME": str(user),
        "EMBEDDED_HOME": str(home),
        "EMBEDDED_PORT": str(free_port()),
        "EMBEDDED_ENGINE": "embedded",
    }
    set_up = PROJECT / ".embedded" / "machine.json"
    if set_up.exists():  # the base image that the set-up of this machine has found
        home.mkdir()
        shutil.copy2(set_up, home / "machine.json")
    return Clone(root, home, environment)


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    """Nothing is deployed in it yet; whatever is at the end is taken away."""
    made = make_clone(tmp_path)
    yield made
    made.run("azure", "reset", "--yes")


@pytest.fixture(scope="module")
def shared_clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    made = make_clone(tmp_path_factory.mktemp("shared"))
    yield made
    made.run("azure", "reset", "--yes")


@pytest.fixture
def deployed(shared_clone: Clone) -> Clone:
    """The stack as committed, deployed: one clone for the tests of a module."""
    shutil.rmtree(shared_clone.root / "app")
    copy_tree(shared_clone.root)
    shared_clone.up()
    return shared_clone
