"""The clients that people use, unmodified: docker and skopeo."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.errors import ImageNotFound

from tests.embedded.azure.registry.child import made
from tests.embedded.azure.registry.registry import (
    CONFIG,
    LAYER,
    MANIFEST,
    NULL_GUID,
    Registry,
    got,
)

Azure = Any
Identity = Any
Shop = Any


@dataclass(frozen=True)
class Program:
    """A command line program with a home of its own."""

    command: list[str]
    home: Path

    def run(self, *arguments: str, input_: bytes = b"") -> tuple[int, str]:
        """Its exit code and all that it said."""
        environment = {
            **os.environ,
            "HOME": str(self.home),
            "DOCKER_CONFIG": str(self.home / "docker"),
            "REGISTRY_AUTH_FILE": str(self.home / "auth.json"),
        }
        done = subprocess.run(
            [*self.command, *arguments],
            check=False,
            env=environment,
            input=input_,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
        )
        return done.returncode, done.stdout.decode()

    def must(self, *arguments: str, input_: bytes = b"") -> str:
        code, said = self.run(*arguments, input_=input_)
        assert code == 0, said
        return said


def program(name: str, home: Path) -> Program:
    if shutil.which(name) is None:
        pytest.skip(f"no `{name}` on PATH")
    home.mkdir(exist_ok=True)
    return Program([name], home)


@pytest.fixture
def docker_cli(tmp_path: Path) -> Program:
    return program("docker", tmp_path / "home")


@pytest.fixture
def skopeo(tmp_path: Path, azure: Azure) -> Program:
    """It trusts the local CA, and nobody has to have signed an image."""
    folder = tmp_path / "trust"
    folder.mkdir()
    shutil.copy(azure.ca_file, folder / "ca.crt")
    made = program("skopeo", tmp_path / "home")
    return Program([*made.command, "--insecure-policy"], made.home)


def layer(text: str) -> bytes:
    """A tar with one file."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        entry = tarfile.TarInfo("hello")
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text.encode()))
    return made.getvalue()


Import = Callable[..., str]


@pytest.fixture
def import_(docker_cli: Program, tmp_path: Path) -> Import:
    """Makes an image of one file under a name."""

    def run(name: str) -> str:
        said = docker_cli.must("import", "-", name, input_=layer(str(tmp_path)))
        return said.strip()

    return run


def log_in(cli: Program, registry: Registry, username: str, password: str) -> int:
    arguments = ["login", registry.login_server, "-u", username, "--password-stdin"]
    return cli.run(*arguments, input_=password.encode())[0]


def log_in_by_token(cli: Program, registry: Registry, entra: str | None = None) -> None:
    """As ``az acr login`` does it."""
    assert log_in(cli, registry, NULL_GUID, registry.refresh_token(entra)) == 0


@pytest.mark.docker
def test_docker_pushes_and_pulls_the_same_image(
    docker_cli: Program, registry: Registry, import_: Import
) -> None:
    name = f"{registry.login_server}/team/app:1"
    id_ = import_(name)
    log_in_by_token(docker_cli, registry)
    assert "digest: sha256:" in docker_cli.must("push", name)
    docker_cli.must("rmi", name)
    docker_cli.must("pull", name)
    assert docker_cli.must("inspect", "--format", "{{.Id}}", name).strip() == id_


@pytest.mark.docker
def test_docker_with_acrpull_pulls_and_is_denied_a_push(
    docker_cli: Program, registry: Registry, identity: Identity, import_: Import
) -> None:
    name = f"{registry.login_server}/narrow:1"
    import_(name)
    log_in_by_token(docker_cli, registry)
    docker_cli.must("push", name)
    identity.grant("AcrPull", registry.path)
    log_in_by_token(docker_cli, registry, identity.token())
    docker_cli.must("pull", name)
    other = f"{registry.login_server}/narrow:2"
    docker_cli.must("tag", name, other)
    code, said = docker_cli.run("push", other)
    assert code != 0
    assert "authentication required" in said or "denied" in said
    log_in_by_token(docker_cli, registry)
    assert docker_cli.run("pull", other)[0] != 0


@pytest.mark.docker
def test_docker_without_a_login_gets_nothing(
    docker_cli: Program, registry: Registry, import_: Import
) -> None:
    name = f"{registry.login_server}/closed:1"
    import_(name)
    assert docker_cli.run("push", name)[0] != 0
    assert docker_cli.run("pull", name)[0] != 0


@pytest.mark.docker
def test_docker_logs_in_as_the_admin_user_while_there_is_one(
    docker_cli: Program, shop: Shop
) -> None:
    registry = shop.make(adminUserEnabled=True)
    password = got(registry.post("listCredentials"))["passwords"][0]["value"]
    assert log_in(docker_cli, registry, registry.name, password) == 0
    assert log_in(docker_cli, registry, registry.name, "wrong") != 0
    registry.patch(properties={"adminUserEnabled": False})
    assert log_in(docker_cli, registry, registry.name, password) != 0


@pytest.mark.docker
def test_the_names_of_a_deleted_registry_leave_the_engine_and_no_others_do(
    docker_cli: Program, shop: Shop, registry: Registry, import_: Import
) -> None:
    gone = shop.make()
    tagged, by_digest = f"{gone.login_server}/a:1", f"{gone.login_server}/b:1"
    kept = f"{registry.login_server}/kept:1"
    import_(tagged)
    docker_cli.must("tag", tagged, kept)
    log_in_by_token(docker_cli, gone)
    docker_cli.must("import", "-", by_digest, input_=layer("another"))
    sha = docker_cli.must("push", by_digest).rpartition("digest: ")[2].split()[0]
    docker_cli.must("rmi", by_digest)
    docker_cli.must("pull", f"{gone.login_server}/b@{sha}")
    server = gone.login_server
    gone.delete()
    assert [one for one in references() if one.startswith(f"{server}/")] == []
    assert kept in references()
    docker_cli.must("rmi", kept)


def references() -> list[str]:
    """All names on the engine, tags and digests."""
    client = docker.from_env()
    try:
        found = client.api.images()
    except ImageNotFound:  # one of another test went while they were listed
        found = client.api.images()
    finally:
        client.close()
    return [
        name
        for one in found
        for name in [*(one["RepoTags"] or ()), *(one["RepoDigests"] or ())]
    ]


@pytest.fixture
def image(tmp_path: Path) -> str:
    """An image of one layer in a folder, as skopeo names it."""
    folder = tmp_path / "image"
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def add(kind: str, data: bytes) -> dict[str, Any]:
        sha = hashlib.sha256(data).hexdigest()
        (blobs / sha).write_bytes(data)
        return {"mediaType": kind, "digest": f"sha256:{sha}", "size": len(data)}

    content = layer("from skopeo")
    id_ = f"sha256:{hashlib.sha256(content).hexdigest()}"
    rootfs = {"type": "layers", "diff_ids": [id_]}
    config = {"architecture": "amd64", "os": "linux", "rootfs": rootfs}
    manifest = {
        "schemaVersion": 2,
        "config": add(CONFIG, json.dumps(config).encode()),
        "layers": [add(LAYER, content)],
    }
    index = [add(MANIFEST, json.dumps(manifest).encode())]
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    body = {"schemaVersion": 2, "manifests": index}
    (folder / "index.json").write_text(json.dumps(body))
    return f"oci:{folder}"


def credentials(registry: Registry, entra: str | None = None) -> str:
    return f"{NULL_GUID}:{registry.refresh_token(entra)}"


def test_skopeo_copies_lists_and_deletes(
    skopeo: Program, registry: Registry, image: str, tmp_path: Path
) -> None:
    name = f"docker://{registry.login_server}/by/skopeo"
    trust, creds = str(tmp_path / "trust"), credentials(registry)
    to = ["--dest-cert-dir", trust, "--dest-creds", creds]
    at = ["--cert-dir", trust, "--creds", creds]
    skopeo.must("copy", *to, image, f"{name}:1")
    tags = json.loads(skopeo.must("list-tags", *at, name))
    assert tags["Tags"] == ["1"]
    shown = json.loads(skopeo.must("inspect", *at, f"{name}:1"))
    assert shown["Architecture"] == "amd64"
    back = f"dir:{tmp_path / 'back'}"
    skopeo.must(
        "copy", "--src-cert-dir", trust, "--src-creds", creds, f"{name}:1", back
    )
    sha = shown["Layers"][0].removeprefix("sha256:")
    assert b"from skopeo" in unpacked((tmp_path / "back" / sha).read_bytes())
    skopeo.must("delete", *at, f"{name}:1")
    assert skopeo.run("inspect", *at, f"{name}:1")[0] != 0


def unpacked(data: bytes) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        file = tar.extractfile("hello")
        assert file is not None
        return file.read()


def test_skopeo_copies_between_registries_with_credentials_for_each(
    skopeo: Program,
    registry: Registry,
    other: Registry,
    identity: Identity,
    image: str,
    tmp_path: Path,
) -> None:
    trust = str(tmp_path / "trust")
    identity.grant("AcrPull", registry.path)
    source = f"docker://{registry.login_server}/shared:1"
    target = f"docker://{other.login_server}/shared:1"
    to = ["--dest-cert-dir", trust, "--dest-creds"]
    skopeo.must("copy", *to, credentials(registry), image, source)
    puller = credentials(registry, identity.token())
    both = ["copy", "--src-cert-dir", trust, "--src-creds", puller, *to]
    skopeo.must(*both, credentials(other), source, target)
    code, said = skopeo.run(*both, puller, source, target)
    assert code != 0
    assert "401" in said or "unauthorized" in said.lower()


@pytest.mark.docker
def test_docker_pulls_with_a_token_and_cannot_push_with_it(
    docker_cli: Program, import_: Import, shop: Shop
) -> None:
    registry = shop.make()
    name = f"{registry.login_server}/app:1"
    import_(name)
    owner = registry.refresh_token()
    docker_cli.must("login", registry.login_server, "-u", NULL_GUID, "-p", owner)
    docker_cli.must("push", name)
    docker_cli.must("logout", registry.login_server)
    rights = ["repositories/app/content/read"]
    scope_map = made(registry, "scopeMaps", "our-map", actions=rights)
    token = made(registry, "tokens", "puller", scopeMapId=scope_map.path)
    told = got(registry.post("generateCredentials", tokenId=token.path))
    secret = told["passwords"][0]["value"]
    docker_cli.must("login", registry.login_server, "-u", "puller", "-p", secret)
    docker_cli.must("pull", name)
    code, said = docker_cli.run("push", name)
    assert code != 0
    assert "denied" in said or "unauthorized" in said
    docker_cli.must("rmi", name)
