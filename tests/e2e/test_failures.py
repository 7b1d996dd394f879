"""What breaks while a stack is there: told clearly, nothing lost; the next `up` works.

The tests share one deployed stack, which each of them finds as committed.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.proxy import Proxy

Clone = Any
pytestmark = pytest.mark.docker


@pytest.fixture(autouse=True)
def mended(deployed: Clone) -> Iterator[None]:
    """After each test an update brings everything back."""
    settings = deployed.root / "Pulumi.local.yaml"
    before, environment = settings.read_bytes(), dict(deployed.environment)
    yield
    settings.write_bytes(before)
    deployed.environment.clear()
    deployed.environment.update(environment)


def failed(clone: Clone, code: int = 1) -> str:
    said: str = clone.up(code=code)
    assert "Traceback" not in said
    return said


def works(clone: Clone) -> None:
    clone.up()
    assert clone.outputs()["imageDigest"] in clone.page()


def edit(clone: Clone, mark: str) -> None:
    """Change the app, so that there is an image to build and to push."""
    page = clone.root / "app/web/page.py"
    page.write_text(page.read_text().replace("<main>", f"<main><!-- {mark} -->"))


def run_instead(clone: Clone, *command: str) -> None:
    dockerfile = clone.root / "app/Dockerfile"
    text = dockerfile.read_text()
    dockerfile.write_text(f"{text}\nCMD {json.dumps(command)}\n")


def test_an_app_that_ends_at_once_is_told_with_its_last_words(deployed: Clone) -> None:
    run_instead(deployed, "python3", "-c", "raise SystemExit('no such database')")
    started = time.monotonic()
    said = failed(deployed)
    assert time.monotonic() - started < 60  # it does not wait for what has ended
    assert "Everything is deployed" in said
    assert "has ended with exit code 1" in said
    assert "no such database" in said
    assert deployed.resources()["acr-lab"]["id"]


def test_an_app_that_never_gets_ready_is_told_after_a_bounded_wait(
    deployed: Clone,
) -> None:
    deployed.environment["EMBEDDED_PATIENCE"] = "3"
    wait = "import time; print('waiting for the queue', flush=True); time.sleep(9999)"
    run_instead(deployed, "python3", "-c", wait)
    said = failed(deployed)
    assert "within 3 s" in said
    assert "is running" in said
    assert "waiting for the queue" in said


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("RUN echo to-stdout; echo to-stderr >&2; exit 7", "to-stderr"),
        ("RUNN x", "unknown instruction: RUNN"),
    ],
)
def test_a_dockerfile_that_fails_shows_its_failing_line(
    deployed: Clone, line: str, shown: str
) -> None:
    before = deployed.page()
    dockerfile = deployed.root / "app/Dockerfile"
    dockerfile.write_text(f"{dockerfile.read_text()}\n{line}\n")
    said = failed(deployed)
    assert "docker:index/image:Image (app)" in said
    assert shown in said
    assert "\x1b[91m" not in said
    assert deployed.page() == before


@pytest.mark.parametrize(
    "command",
    ["up --yes", "preview", "refresh --yes", "destroy --yes", "stack export"],
)
def test_a_wrong_passphrase_touches_nothing(deployed: Clone, command: str) -> None:
    before, page = state_file(deployed).read_bytes(), deployed.page()
    deployed.environment["PULUMI_CONFIG_PASSPHRASE"] = "wrong"
    said = deployed.run(*command.split(), code=2)
    assert "does not open the secrets of stack 'local'" in said
    assert "PULUMI_CONFIG_PASSPHRASE" in said
    assert "Traceback" not in said
    assert state_file(deployed).read_bytes() == before
    del deployed.environment["PULUMI_CONFIG_PASSPHRASE"]
    assert deployed.page() == page


def test_a_port_that_is_in_use_everywhere_is_named_with_a_way_out(
    deployed: Clone,
) -> None:
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))
        other.listen()
        port = other.getsockname()[1]
        deployed.configure(port=port)
        said = failed(deployed)
    assert 'Code="PortInUse"' in said
    assert f"Port {port}/tcp is in use" in said
    assert "another port" in said
    works(deployed)


def state_file(clone: Clone) -> Path:
    found: Path = clone.home / "state/.pulumi/stacks/acr-lab/local.json"
    return found


@pytest.mark.parametrize("damage", [b"", b'{"version": 3, "check'])
def test_a_damaged_state_is_named_with_its_copy_and_left_alone(
    deployed: Clone, damage: bytes
) -> None:
    file = state_file(deployed)
    before = file.read_bytes()
    file.write_bytes(damage)
    try:
        said = failed(deployed)
        assert file.read_bytes() == damage
        assert Path(f"{file}.bak").exists()
    finally:
        file.write_bytes(before)
    assert f"{file} is damaged" in said
    assert f"{file}.bak" in said
    works(deployed)


@pytest.mark.parametrize("part", ["all", "middle"])
def test_a_damaged_store_is_named_and_left_alone(deployed: Clone, part: str) -> None:
    deployed.run("azure", "stop")
    file = deployed.home / "azure/azure.sqlite"
    before = file.read_bytes()
    start = 0 if part == "all" else 4096
    damage = before[:start] + b"\x55" * (len(before) - start)
    file.write_bytes(damage)
    try:
        said = failed(deployed)
        assert file.read_bytes() == damage
        assert deployed.run("azure", "start", code=1).startswith("error: The records")
    finally:
        file.write_bytes(before)
    assert f"The records of the local Azure are damaged: {file}" in said
    works(deployed)


def test_of_two_updates_at_once_one_is_told_to_wait(deployed: Clone) -> None:
    edit(deployed, "first")
    command = [deployed.root / ".venv/bin/python", "-m", "embedded", "up", "--yes"]
    first = subprocess.Popen(
        command,
        cwd=deployed.root,
        env={**os.environ, **deployed.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    locks = deployed.home / "state/.pulumi/locks"
    while not list(locks.rglob("*.json")) and first.poll() is None:
        time.sleep(0.02)
    said = failed(deployed)
    shown, _ = first.communicate(timeout=240)
    assert "is locked by" in said
    assert first.returncode == 0, shown
    assert "<!-- first -->" in deployed.page()


@pytest.mark.parametrize("word", [b"POST /v1.41/build", b"/push?"])
def test_a_docker_engine_that_stops_midway_is_told(
    deployed: Clone, tmp_path: Path, word: bytes
) -> None:
    edit(deployed, f"midway {word.decode()}")
    before = deployed.page()
    proxy = Proxy(tmp_path / "docker.sock", word)
    deployed.environment["DOCKER_HOST"] = f"unix://{proxy.path}"
    try:
        said = failed(deployed)
        assert proxy.ended.is_set()
    finally:
        proxy.end()
    assert "docker:index/image:Image (app)" in said
    assert "failed to connect to any docker daemon" in said
    assert deployed.page() == before
    del deployed.environment["DOCKER_HOST"]
    works(deployed)


def test_a_registry_without_room_is_told_and_goes_on_with_it(deployed: Clone) -> None:
    if os.geteuid() != 0:
        pytest.skip("a full disk is a small tmpfs here, which root alone can mount")
    edit(deployed, "no room")
    name = deployed.outputs()["registryName"]
    data = deployed.home / "azure/registries" / name.lower() / "data"
    options = ["-t", "tmpfs", "-o", "size=100k", "tmpfs", str(data)]
    if subprocess.run(["mount", *options], check=False, capture_output=True).returncode:
        pytest.skip("this container may not mount a tmpfs")
    try:
        said = failed(deployed)
    finally:
        subprocess.run(["umount", "--lazy", str(data)], check=True)
    assert "error pushing image" in said
    assert "no space left on device" in said, said
    works(deployed)
