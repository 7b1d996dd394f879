"""A container service in a temporary home; a registry with one image for the rest."""

from __future__ import annotations

import io
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest
from docker.errors import ImageNotFound

from embedded.machine.base_image import codename, made_name
from tests.embedded.azure.instance.portal import GROUPS, Portal, eventually, fetch

#: bcrypt of "swordfish"
PASSWORD = "$2b$04$gA3x0HDC6QPK7DfGmgNeMOc3vmHe0mGuQ2Nr0CFg/VjfagBlGJIHq"


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """A container service of the test's own."""
    portal = Portal(tmp_path)
    yield portal
    portal.close()


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The address of a Docker Engine that does not answer."""
    address = f"unix://{tmp_path}/nobody.sock"
    monkeypatch.setenv("DOCKER_HOST", address)
    return address


@pytest.fixture(scope="session")
def engine() -> Iterator[docker.DockerClient]:
    client = docker.from_env()
    yield client
    client.close()


@pytest.fixture(scope="session")
def base(engine: docker.DockerClient) -> str:
    """An image with python3 and a shell."""
    for name in ("base2:local", made_name(codename())):
        try:
            engine.images.get(name)
        except ImageNotFound:
            continue
        return name
    pytest.skip("there is no base image; `make test` makes one")


RunRegistry = Callable[[Path, str], str]


@pytest.fixture(scope="session")
def run_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunRegistry]:
    """Starts a Distribution on a folder; extra configuration as text. Its host."""
    running: list[subprocess.Popen[bytes]] = []

    def run(folder: Path, extra: str) -> str:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        config = tmp_path_factory.mktemp("registry") / "config.yml"
        config.write_text(
            "version: 0.1\n"
            f"storage: {{filesystem: {{rootdirectory: {folder}}}}}\n"
            f"http: {{addr: '127.0.0.1:{port}', secret: any}}\n{extra}"
        )
        silent = subprocess.DEVNULL
        command = ["docker-registry", "serve", str(config)]
        running.append(subprocess.Popen(command, stdout=silent, stderr=silent))
        eventually(lambda: fetch("127.0.0.1", "/v2/", port))
        return f"localhost:{port}"

    yield run
    for process in running:
        process.terminate()
        process.wait()


@pytest.fixture(scope="session")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("blobs")


@pytest.fixture(scope="session")
def registry(run_registry: RunRegistry, blobs: Path) -> str:
    """Where anybody may pull."""
    return run_registry(blobs, "")


@pytest.fixture(scope="session")
def locked_registry(run_registry: RunRegistry, blobs: Path, image: str) -> str:
    """The same images, for the user ``diver`` with the password ``swordfish``."""
    passwords = blobs.parent / "htpasswd"
    passwords.write_text(f"diver:{PASSWORD}\n")
    return run_registry(blobs, f"auth: {{htpasswd: {{realm: r, path: {passwords}}}}}\n")


@pytest.fixture(scope="session")
def push(engine: docker.DockerClient, base: str, registry: str) -> Callable[..., str]:
    """Puts an image into the registry, and leaves none on the engine. Its name."""

    def push(tag: str, **variables: str) -> str:
        name = f"{registry}/app"
        lines = [f"FROM {base}", *(f"ENV {k}={v}" for k, v in variables.items())]
        with _context("\n".join(lines)) as context:
            engine.images.build(fileobj=context, tag=f"{name}:{tag}", rm=True)
        engine.api.push(name, tag=tag, auth_config={})
        engine.images.remove(f"{name}:{tag}")
        return f"{name}:{tag}"

    return push


def _context(dockerfile: str) -> io.BytesIO:
    return io.BytesIO(dockerfile.encode())


@pytest.fixture(scope="session")
def image(push: Callable[..., str]) -> str:
    """In the registry, and not on the engine."""
    return push("1", VERSION="1")


@pytest.fixture(scope="module")
def lab(
    tmp_path_factory: pytest.TempPathFactory, engine: docker.DockerClient
) -> Iterator[Portal]:
    """A container service with an engine, shared by the tests of a module."""
    portal = Portal(tmp_path_factory.mktemp("lab"))
    yield portal
    for body in portal.call("GET", GROUPS).body["value"]:
        portal.delete(body["name"])
    portal.close()
