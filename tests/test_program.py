"""The program as a whole, on Pulumi's own mocks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from infra import context

PROJECT = Path(__file__).resolve().parent.parent
OUTPUTS = {
    "url",
    "fqdn",
    "ipAddress",
    "image",
    "imageDigest",
    "loginServer",
    "registryName",
    "registrySku",
    "resourceGroup",
    "containerGroup",
    "identityClientId",
}
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
DIGEST = "sha256:" + "ab" * 32
Json = dict[str, Any]
TREE = context.revision(context.read(PROJECT / "app"))
CHANGED = {
    "sku": "Premium",
    "cpu": "0.5",
    "restartPolicy": "Never",
    "dnsLabel": "my-label",
    "location": "eastus",
    "baseImage": "mine:1",
}


@cache
def run_raw(**config: str) -> Json:
    """``inputs`` by resource type, and ``outputs``, with the marks of secrets."""
    done = on_mocks(config)
    done.check_returncode()
    found: Json = json.loads(done.stdout.splitlines()[-1])
    return found


def run(**config: str) -> tuple[Json, Json]:
    """Inputs by resource type, and outputs, of the program on mocks."""
    found: Json = opened(run_raw(**config))
    return found["inputs"], found["outputs"]


def on_mocks(config: dict[str, str], *more: str) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own; ``more`` as tests/on_mocks.py has it."""
    program = [sys.executable, str(PROJECT / "tests/on_mocks.py"), json.dumps(config)]
    return subprocess.run(
        [*program, *more],
        check=False,
        cwd=PROJECT,
        env={k: v for k, v in os.environ.items() if k != "ACR_LAB_BASE_IMAGE"},
        capture_output=True,
        text=True,
    )


def opened(value: Any) -> Any:
    """A value without the marks of secrets."""
    if isinstance(value, list):
        return [opened(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) == SECRET:
        return opened(value["value"])
    return {key: opened(one) for key, one in value.items()}


def test_the_program_fits_on_a_screen() -> None:
    assert len((PROJECT / "__main__.py").read_text().splitlines()) <= 60


def test_the_outputs_are_those_that_are_promised() -> None:
    _, outputs = run()
    assert set(outputs) == OUTPUTS
    assert outputs["url"] == "http://20.1.2.3:8080"
    assert outputs["imageDigest"] == DIGEST
    assert "refresh-token" not in json.dumps(outputs)


def test_the_registry_has_the_chosen_sku_and_no_admin() -> None:
    cloud, _ = run(**CHANGED)
    registry = cloud["azure-native:containerregistry:Registry"]
    assert registry["sku"] == {"name": "Premium"}
    assert registry["adminUserEnabled"] is False


def test_the_identity_may_pull_and_its_type_is_told() -> None:
    cloud, _ = run()
    role = cloud["azure-native:authorization:RoleAssignment"]
    assert role["principalType"] == "ServicePrincipal"
    assert role["roleDefinitionId"].endswith("7f951dda-4ed3-4680-a7ca-43fe172d538d")
    assert role["scope"] == "/acrlab"


def test_the_group_pulls_with_the_identity_and_no_password() -> None:
    cloud, _ = run(**CHANGED)
    group = cloud["azure-native:containerinstance:ContainerGroup"]
    (credential,) = group["imageRegistryCredentials"]
    assert set(credential) == {"identity", "server"}
    (container,) = group["containers"]
    assert container["resources"]["requests"]["cpu"] == 0.5
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert group["restartPolicy"] == "Never"


PRINCIPAL = {
    "clientId": "11111111-2222-3333-4444-555555555555",
    "clientSecret": "secret-of-the-application",
}
SECRETS = {
    "token": ("acr-lab-pull", "token-password"),
    "admin": ("acrlab", "admin-password"),
    "servicePrincipal": (PRINCIPAL["clientId"], PRINCIPAL["clientSecret"]),
}


@pytest.mark.parametrize("mode", SECRETS)
def test_the_group_pulls_with_what_the_mode_says(mode: str) -> None:
    principal = json.dumps(PRINCIPAL)
    cloud, outputs = run(pullAuth=mode, adminUser="true", servicePrincipal=principal)
    group = cloud["azure-native:containerinstance:ContainerGroup"]
    (credential,) = group["imageRegistryCredentials"]
    assert (credential["username"], credential["password"]) == SECRETS[mode]
    assert "identity" not in group
    assert SECRETS[mode][1] not in json.dumps(outputs)
    assert "azure-native:managedidentity:UserAssignedIdentity" not in cloud


@pytest.mark.parametrize("mode", ["admin", "servicePrincipal"])
def test_the_push_signs_in_as_the_mode_says(mode: str) -> None:
    principal = json.dumps(PRINCIPAL)
    cloud, _ = run(push=mode, adminUser="true", servicePrincipal=principal)
    registry = cloud["docker:index/image:Image"]["registry"]
    assert (registry["username"], registry["password"]) == SECRETS[mode]


def test_an_application_with_an_object_id_gets_the_role() -> None:
    kind = "azure-native:authorization:RoleAssignment"
    known = run(pullAuth="servicePrincipal", servicePrincipal=json.dumps(PRINCIPAL))
    assert kind not in known[0]
    more = {**PRINCIPAL, "objectId": "66666666-7777-8888-9999-000000000000"}
    cloud, _ = run(pullAuth="servicePrincipal", servicePrincipal=json.dumps(more))
    assert cloud[kind]["principalId"] == more["objectId"]


def test_a_registry_in_abac_mode_gets_the_role_that_it_heeds() -> None:
    cloud, _ = run(permissionMode="rbac-abac")
    role = cloud["azure-native:authorization:RoleAssignment"]
    assert role["roleDefinitionId"].endswith("b93aa761-3e63-49ed-ac28-beffa264f7ac")


def test_a_dns_label_comes_with_its_reuse_scope() -> None:
    plain, _ = run()
    kind = "azure-native:containerinstance:ContainerGroup"
    assert "dnsNameLabel" not in plain[kind]["ipAddress"]
    cloud, _ = run(**CHANGED)
    group = cloud[kind]
    address = group["ipAddress"]
    assert address["dnsNameLabel"] == "my-label"
    assert address["autoGeneratedDomainNameLabelScope"] == "TenantReuse"


def test_everything_is_in_the_configured_region() -> None:
    cloud, _ = run(**CHANGED)
    places = {one["location"] for one in cloud.values() if "location" in one}
    assert places == {"eastus"}


def test_everything_that_can_have_tags_has_those_of_the_stack() -> None:
    cloud, _ = run(**{k: json.dumps(v) for k, v in TAGGED.items()}, sku="Premium")
    untagged = {
        type_.rpartition(":")[2]
        for type_, one in cloud.items()
        if type_.startswith("azure-native:") and one.get("tags") != TAGGED["tags"]
    }
    assert untagged == {"RoleAssignment"}


TAGGED: dict[str, Any] = {
    "tags": {"team": "lab"},
    "webhooks": [{"name": "pushed", "uri": "https://example.com"}],
    "geoReplications": [{"location": "eastus"}],
    "tasks": [
        {"name": "nightly", "context": "https://x.example/a.git", "image": "a:1"}
    ],
    "privateEndpoints": [
        {
            "name": "inside",
            "subnetId": "/subscriptions/s/resourceGroups/g/providers"
            "/Microsoft.Network/virtualNetworks/v/subnets/s",
        }
    ],
}


def test_the_image_is_for_linux_and_tagged_by_its_content() -> None:
    cloud, _ = run(**CHANGED)
    image = cloud["docker:index/image:Image"]
    assert image["build"]["platform"] == "linux/amd64"
    assert image["build"]["args"] == {"BASE_IMAGE": "mine:1", "IMAGE_REVISION": TREE}
    repository, _, tag = image["imageName"].rpartition(":")
    assert repository == "acrlab.azurecr.io/acr-lab/web"
    assert len(tag) == 16
    assert "buildOnPreview" not in image or image["buildOnPreview"] is False


def test_the_image_is_built_as_the_keys_say() -> None:
    cloud, _ = run(
        buildArguments='{"VERSION": "2"}',
        buildTarget="slim",
        cacheFrom='["lab.azurecr.io/a:1"]',
        buildOnPreview="true",
        imageSource="https://x.example/a",
        imageCreated="2026-11-24T09:30:00Z",
    )
    image = cloud["docker:index/image:Image"]
    assert image["buildOnPreview"] is True
    assert image["build"]["target"] == "slim"
    assert image["build"]["cacheFrom"] == {"images": ["lab.azurecr.io/a:1"]}
    assert image["build"]["args"] == {
        "BUILDKIT_INLINE_CACHE": "1",
        "IMAGE_CREATED": "2026-11-24T09:30:00Z",
        "IMAGE_REVISION": TREE,
        "IMAGE_SOURCE": "https://x.example/a",
        "VERSION": "2",
    }


@pytest.mark.parametrize("pin", ["tag", "digest"])
def test_the_container_runs_the_image_by_what_it_is_pinned_by(pin: str) -> None:
    cloud, outputs = run(pin=pin)
    (container,) = cloud["azure-native:containerinstance:ContainerGroup"]["containers"]
    by_digest = f"acrlab.azurecr.io/acr-lab/web@{DIGEST}"
    assert container["image"] == {"tag": outputs["image"], "digest": by_digest}[pin]
    assert outputs["imageDigest"] == DIGEST


@pytest.mark.parametrize("answer", ["<none>@<none>", "", f"acrlab.azurecr.io/x:{TREE}"])
def test_a_push_without_a_digest_ends_the_program(answer: str) -> None:
    done = on_mocks({"pin": "digest"}, answer)
    assert done.returncode == 1
    assert f"gave no digest (but {answer!r}). Run `up` again" in done.stderr


def test_an_image_that_a_preview_has_built_has_no_digest_yet() -> None:
    done = on_mocks({"pin": "digest", "buildOnPreview": "true"}, DIGEST, "preview")
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["outputs"]["imageDigest"] is None
    assert DIGEST not in done.stdout
