"""az, unmodified, with nothing but ``azure env`` to go by, asks what the stack made."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

Clone = Any
Json = dict[str, Any]
pytestmark = [pytest.mark.docker, pytest.mark.az]
PROJECT = Path(__file__).resolve().parents[2]
PYTHON = PROJECT / ".venv-az" / "bin" / "python"
APP = str(PROJECT / "app")
NULL_GUID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Az:
    """The program with a configuration folder of its own, and what the stack made."""

    environment: dict[str, str]
    home: Path
    outputs: Json

    @property
    def group(self) -> list[str]:
        return ["--resource-group", str(self.outputs["resourceGroup"])]

    @property
    def container(self) -> list[str]:
        return [*self.group, "--name", str(self.outputs["containerGroup"])]

    @property
    def registry(self) -> str:
        return str(self.outputs["registryName"])

    @property
    def server(self) -> str:
        return str(self.outputs["loginServer"])

    def run(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        command = [str(PYTHON), "-m", "azure.cli", *arguments]
        return self.call(command, code=code)

    def call(
        self, command: list[str], *, code: int | None = 0, text: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """A program in az's surroundings; nothing of the user's own is read."""
        done = subprocess.run(
            command,
            check=False,
            env={"PATH": os.environ["PATH"], **self.environment},
            input=text,
            capture_output=True,
            text=True,
            timeout=120,
        )
        if code is not None:
            assert done.returncode == code, done.stdout + done.stderr
        return done

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--output", "json").stdout or "null")

    def refused(self, *arguments: str, code: int) -> str:
        return self.run(*arguments, code=code).stderr

    def docker_login(self, username: str, password: str, code: int = 0) -> None:
        command = ["docker", "login", self.server, "--username", username]
        self.call([*command, "--password-stdin"], code=code, text=password)


def log_in(known: dict[str, str], secret: str) -> list[str]:
    who = ["--username", known["ARM_CLIENT_ID"], "--tenant", known["ARM_TENANT_ID"]]
    return ["login", "--service-principal", *who, "--password", secret]


@pytest.fixture(scope="module")
def az(shared_clone: Clone, tmp_path_factory: pytest.TempPathFactory) -> Az:
    """Signed in at the local Azure of a clone that has deployed the stack."""
    shared_clone.up()
    known: dict[str, str] = json.loads(shared_clone.run("azure", "env", "--json"))
    home = tmp_path_factory.mktemp("az")
    own = {
        "HOME": str(home),
        "AZURE_CONFIG_DIR": str(home / "azure"),
        "DOCKER_CONFIG": str(home / "docker"),
        "REGISTRY_AUTH_FILE": str(home / "auth.json"),
        "AZURE_CORE_COLLECT_TELEMETRY": "false",
    }
    az = Az({**known, **own}, home, shared_clone.outputs())
    endpoint = known["EMBEDDED_ARM_ENDPOINT"]
    register = ["cloud", "register", "--name", "EmbeddedAzure"]
    az.run(*register, "--endpoint-resource-manager", endpoint)
    az.run("cloud", "set", "--name", "EmbeddedAzure")
    [account] = az.json(*log_in(known, known["ARM_CLIENT_SECRET"]))
    assert account["id"] == known["ARM_SUBSCRIPTION_ID"]
    assert account["cloudName"] == "EmbeddedAzure"
    return az


@pytest.fixture(scope="module")
def token(az: Az) -> str:
    """What ``az acr login --expose-token`` prints, as a password for docker."""
    told = az.json("acr", "login", "--name", az.registry, "--expose-token")
    assert told["loginServer"] == az.server
    assert told["username"] == NULL_GUID
    return str(told["refreshToken"])


def test_a_wrong_secret_is_refused_with_entras_number(az: Az, tmp_path: Path) -> None:
    folder, keep = tmp_path / "azure", shutil.ignore_patterns("*msal*", "*principal*")
    shutil.copytree(az.environment["AZURE_CONFIG_DIR"], folder, ignore=keep)
    apart = {**az.environment, "AZURE_CONFIG_DIR": str(folder)}
    other = Az(apart, az.home, az.outputs)
    said = other.refused(*log_in(az.environment, "wrong"), code=1)
    assert "AADSTS7000215" in said


def test_the_group_of_the_stack_is_listed_and_shown(az: Az) -> None:
    listed = az.json("group", "list", "--tag", "environment=local")
    assert [one["name"] for one in listed] == [az.outputs["resourceGroup"]]
    shown = az.json("group", "show", *az.group)
    assert shown["properties"]["provisioningState"] == "Succeeded"
    kinds = {one["type"] for one in az.json("resource", "list", *az.group)}
    assert kinds == {
        "Microsoft.ContainerInstance/containerGroups",
        "Microsoft.ContainerRegistry/registries",
        "Microsoft.ManagedIdentity/userAssignedIdentities",
    }


def test_a_group_is_created_and_deleted(az: Az) -> None:
    made = az.json("group", "create", "--name", "extra", "--location", "westeurope")
    assert made["location"] == "westeurope"
    az.run("group", "delete", "--name", "extra", "--yes")
    assert "ResourceGroupNotFound" in az.refused(
        "group", "show", "--name", "extra", code=3
    )


def test_the_registry_is_listed_and_shown(az: Az) -> None:
    [listed] = az.json("acr", "list", *az.group)
    assert listed["name"] == az.registry
    shown = az.json("acr", "show", "--name", az.registry)
    assert shown["loginServer"] == az.server
    assert shown["sku"] == {"name": "Basic", "tier": "Basic"}
    assert shown["adminUserEnabled"] is False


def test_a_registry_name_is_checked(az: Az) -> None:
    taken = az.json("acr", "check-name", "--name", az.registry.upper())
    assert (taken["nameAvailable"], taken["reason"]) == (False, "AlreadyExists")
    assert az.json("acr", "check-name", "--name", "nobodyhasit")["nameAvailable"]


def test_the_image_of_the_stack_is_in_the_registry(az: Az) -> None:
    name, _, tag = az.outputs["image"].removeprefix(f"{az.server}/").partition(":")
    at = ["--name", az.registry]
    assert az.json("acr", "repository", "list", *at) == [name]
    [shown] = az.json(
        "acr", "repository", "show-tags", *at, "--repository", name, "--detail"
    )
    assert (shown["name"], shown["digest"]) == (tag, az.outputs["imageDigest"])
    [manifest] = az.json(
        "acr", "manifest", "list-metadata", "--registry", az.registry, "--name", name
    )
    assert manifest["tags"] == [tag]


def test_an_image_is_locked_and_unlocked(az: Az) -> None:
    name = az.outputs["image"].removeprefix(f"{az.server}/")
    image = ["--name", az.registry, "--image", name]
    update = ["acr", "repository", "update", *image, "--write-enabled"]
    assert az.json(*update, "false")["changeableAttributes"]["writeEnabled"] is False
    told = az.refused("acr", "repository", "untag", *image, code=1)
    assert "The operation is disallowed" in told
    az.run(*update, "true")
    shown = az.json("acr", "repository", "show", *image)
    assert set(shown["changeableAttributes"].values()) == {True}


def test_az_signs_docker_in_and_docker_pulls(az: Az) -> None:
    assert "Login Succeeded" in az.run("acr", "login", "--name", az.registry).stdout
    digest = f"{az.outputs['image'].rpartition(':')[0]}@{az.outputs['imageDigest']}"
    assert az.outputs["imageDigest"] in az.call(["docker", "pull", digest]).stdout


def test_the_exposed_token_lets_docker_push_and_az_deletes_it(
    az: Az, token: str
) -> None:
    az.docker_login(NULL_GUID, token)
    name = f"{az.server}/by/docker"
    az.call(["docker", "tag", az.outputs["image"], f"{name}:1"])
    assert "digest: sha256:" in az.call(["docker", "push", f"{name}:1"]).stdout
    az.call(["docker", "rmi", f"{name}:1"])
    at = ["--name", az.registry]
    az.run("acr", "repository", "untag", *at, "--image", "by/docker:1")
    az.run("acr", "repository", "delete", *at, "--repository", "by/docker", "--yes")
    assert "by/docker" not in az.json("acr", "repository", "list", *at)
    assert "not known" in az.refused(
        "acr", "repository", "show", *at, "--repository", "by/docker", code=3
    )


@pytest.mark.skopeo
def test_the_exposed_token_lets_skopeo_inspect_and_copy(az: Az, token: str) -> None:
    (trust := az.home / "trust").mkdir()
    shutil.copy(az.environment["SSL_CERT_FILE"], trust / "ca.crt")
    creds = f"{NULL_GUID}:{token}"
    skopeo, source = ["skopeo", "--insecure-policy"], f"docker://{az.outputs['image']}"
    at = ["--cert-dir", str(trust), "--creds", creds, source]
    shown = json.loads(az.call([*skopeo, "inspect", *at]).stdout)
    assert shown["Digest"] == az.outputs["imageDigest"]
    trusts = ["--src-cert-dir", str(trust), "--dest-cert-dir", str(trust)]
    both = [*trusts, "--src-creds", creds, "--dest-creds", creds]
    target = f"docker://{az.server}/by/skopeo:1"
    az.call([*skopeo, "copy", *both, source, target])
    tags = ["acr", "repository", "show-tags", "--name", az.registry]
    assert az.json(*tags, "--repository", "by/skopeo") == ["1"]


def test_a_token_with_a_scope_map_pulls_what_it_may(az: Az) -> None:
    at, name = ["--registry", az.registry], az.outputs["image"]
    repository = name.removeprefix(f"{az.server}/").rpartition(":")[0]
    rights = ["--repository", repository, "content/read"]
    az.run("acr", "scope-map", "create", *at, "--name", "readers", *rights)
    made = ["acr", "token", "create", *at, "--name", "reader"]
    told = az.json(*made, "--scope-map", "readers")["credentials"]
    az.docker_login(told["username"], told["passwords"][0]["value"])
    az.call(["docker", "pull", name])
    assert az.call(["docker", "push", name], code=1).returncode == 1
    az.run("acr", "token", "update", *at, "--name", "reader", "--status", "disabled")
    assert az.call(["docker", "pull", name], code=None).returncode != 0


def test_the_admin_user_comes_and_goes(az: Az) -> None:
    at = ["--name", az.registry]
    assert "admin" in az.refused("acr", "credential", "show", *at, code=1)
    changed = az.json("acr", "update", *at, "--admin-enabled", "true")
    assert changed["adminUserEnabled"] is True
    before = az.json("acr", "credential", "show", *at)
    renew = ["acr", "credential", "renew", *at, "--password-name", "password2"]
    after = az.json(*renew)
    first, second = ([p["value"] for p in one["passwords"]] for one in (before, after))
    assert (first[0], first[1] != second[1]) == (second[0], True)
    az.docker_login(az.registry, second[1])
    az.docker_login(az.registry, first[1], code=1)
    az.run("acr", "update", *at, "--admin-enabled", "false")
    az.docker_login(az.registry, second[1], code=1)


def test_the_tier_is_raised_and_lowered(az: Az) -> None:
    for sku in ("Standard", "Basic"):
        found = az.json("acr", "update", "--name", az.registry, "--sku", sku)
        assert found["sku"]["tier"] == sku


def test_a_webhook_is_pinged_and_tells_its_events(az: Az) -> None:
    at = ["--registry", az.registry, "--name", "hook1"]
    hook = [*at, "--uri", "http://127.0.0.1:9/hook", "--actions", "push"]
    assert az.json("acr", "webhook", "create", *hook)["status"] == "enabled"
    ping = az.json("acr", "webhook", "ping", *at)
    [event] = az.json("acr", "webhook", "list-events", *at)
    assert event["id"] == ping["id"]
    az.run("acr", "webhook", "delete", *at)


def test_the_container_group_is_listed_and_shown(az: Az) -> None:
    [listed] = az.json("container", "list", *az.group)
    assert listed["name"] == az.outputs["containerGroup"]
    shown = az.json("container", "show", *az.container)
    assert shown["instanceView"]["state"] == "Running"
    assert shown["ipAddress"]["ip"] == az.outputs["ipAddress"]
    assert shown["containers"][0]["image"].startswith(az.server)


def test_the_logs_of_the_container_are_read(az: Az) -> None:
    assert '"event": "serving"' in az.run("container", "logs", *az.container).stdout


def test_the_group_is_exported_as_yaml(az: Az, tmp_path: Path) -> None:
    file = tmp_path / "group.yaml"
    az.run("container", "export", *az.container, "--file", str(file))
    assert "name: web" in file.read_text()


def test_a_stopped_group_does_not_answer_and_a_started_one_does(az: Az) -> None:
    state = ["container", "show", *az.container, "--query", "instanceView.state"]
    az.run("container", "stop", *az.container)
    assert az.json(*state) == "Stopped"
    with pytest.raises(httpx.HTTPError):
        httpx.get(az.outputs["url"], timeout=2)
    az.run("container", "start", *az.container)
    assert az.json(*state) == "Running"
    az.run("container", "restart", *az.container)
    assert answers(az.outputs["url"])


def answers(url: str) -> bool:
    """Whether it does so within a while: a container is there before its program."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(url, timeout=5).is_success
        time.sleep(0.1)
    return False


def test_the_identity_of_the_stack_is_shown_and_may_pull(az: Az) -> None:
    [listed] = az.json("identity", "list", *az.group)
    shown = az.json("identity", "show", *az.group, "--name", listed["name"])
    assert shown["clientId"] == az.outputs["identityClientId"]
    scope = az.json("acr", "show", "--name", az.registry, "--query", "id")
    [assigned] = az.json("role", "assignment", "list", "--scope", scope)
    assert assigned["roleDefinitionName"] == "AcrPull"
    assert assigned["principalId"] == shown["principalId"]
    assert assigned["principalName"] == shown["clientId"]


def test_az_creates_a_group_that_pulls_with_an_identity(az: Az) -> None:
    identity = az.json("identity", "list", *az.group, "--query", "[0].id")
    one = [*az.group, "--name", "by-az"]
    size = ["--os-type", "Linux", "--cpu", "0.5", "--memory", "0.5"]
    door = ["--ip-address", "Public", "--ports", "8080"]
    # az takes a login server from a name that ends in the cloud's suffix only.
    pull = ["--registry-login-server", az.server, "--acr-identity", identity]
    pull += ["--image", az.outputs["image"], "--assign-identity", identity]
    made = az.json("container", "create", *one, *size, *door, *pull)
    assert made["provisioningState"] == "Succeeded"
    assert made["ipAddress"]["ip"] != az.outputs["ipAddress"]
    az.run("container", "delete", *one, "--yes")
    assert "ResourceNotFound" in az.refused("container", "show", *one, code=3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["container", "exec", "--exec-command", "ls"], "docker exec"),
        (["acr", "build", "--registry", "{registryName}", APP], "`docker build`"),
    ],
)
def test_what_is_not_offered_says_what_to_do(
    az: Az, arguments: list[str], words: str
) -> None:
    given = az.container if arguments[0] == "container" else az.group
    command = [one.format_map(az.outputs) for one in arguments]
    assert words in az.refused(*command, *given, code=1)


def test_what_az_deletes_is_made_again(az: Az, shared_clone: Clone) -> None:
    az.run("container", "delete", *az.container, "--yes")
    assert shared_clone.containers() == []
    shared_clone.run("refresh", "--yes")
    shared_clone.up()
    [container] = shared_clone.containers()
    assert container.status == "running"
