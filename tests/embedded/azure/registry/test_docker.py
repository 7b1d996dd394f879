"""docker, unmodified: people push and pull with it, and are told what they may not."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.errors import ImageNotFound

from tests.embedded.azure.registry.child import made
from tests.embedded.azure.registry.program import Program, layer, program
from tests.embedded.azure.registry.registry import NULL_GUID, Registry, expired, got

Azure = Any
Identity = Any
Shop = Any
pytestmark = pytest.mark.docker


@pytest.fixture
def docker_cli(tmp_path: Path) -> Program:
    return program("docker", tmp_path / "home")


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


def test_docker_is_told_of_a_locked_image_at_once(
    docker_cli: Program, registry: Registry, import_: Import
) -> None:
    name = f"{registry.login_server}/team/locked:1"
    import_(name)
    log_in_by_token(docker_cli, registry)
    docker_cli.must("push", name)
    docker_cli.must("tag", name, f"{name}0")
    scope = "repository:team/locked:metadata_write"
    with registry.http(registry.token(scope)) as client:
        off = {"writeEnabled": False, "readEnabled": False}
        got(client.patch("/acr/v1/team/locked", json=off))
    for command in (["push", name], ["push", f"{name}0"], ["pull", name]):
        before = time.monotonic()
        code, said = docker_cli.run(*command)
        assert (code, "operation is disallowed" in said) == (1, True), said
        assert time.monotonic() - before < 10, "docker has tried again"


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


def test_docker_without_a_login_gets_nothing(
    docker_cli: Program, registry: Registry, import_: Import
) -> None:
    name = f"{registry.login_server}/closed:1"
    import_(name)
    assert docker_cli.run("push", name)[0] != 0
    assert docker_cli.run("pull", name)[0] != 0


def test_docker_logs_in_as_the_admin_user_while_there_is_one(
    docker_cli: Program, shop: Shop
) -> None:
    registry = shop.make(adminUserEnabled=True)
    password = got(registry.post("listCredentials"))["passwords"][0]["value"]
    assert log_in(docker_cli, registry, registry.name, password) == 0
    assert log_in(docker_cli, registry, registry.name, "wrong") != 0
    registry.patch(properties={"adminUserEnabled": False})
    assert log_in(docker_cli, registry, registry.name, password) != 0


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


def test_docker_is_refused_with_a_token_that_does_not_count(
    docker_cli: Program, registry: Registry, other: Registry
) -> None:
    own = registry.refresh_token()
    assert log_in(docker_cli, registry, NULL_GUID, own) == 0
    for wrong in ("garbage", other.refresh_token(), expired(registry, own)):
        assert log_in(docker_cli, registry, NULL_GUID, wrong) != 0


def test_docker_loses_its_rights_with_the_role_it_had(
    docker_cli: Program, registry: Registry, identity: Identity, import_: Import
) -> None:
    name = f"{registry.login_server}/lost:1"
    import_(name)
    role = identity.grant("AcrPush", registry.path)
    log_in_by_token(docker_cli, registry, identity.token())
    docker_cli.must("push", name)
    identity.revoke(role)
    for verb in ("push", "pull"):
        code, said = docker_cli.run(verb, name)
        assert code != 0
        assert "denied" in said or "authentication required" in said, said
    docker_cli.must("rmi", name)
