"""The keys of the container group, typed."""

from __future__ import annotations

import pytest

from infra.settings.containers import Container, InitContainer, Port
from infra.settings.log_analytics import LogAnalytics
from infra.settings.network import Dns
from infra.settings.probes import Probe
from infra.settings.volumes import AzureFile, GitRepo, Mount, Volume
from tests.infra.group_settings import (
    ACCOUNT_KEY,
    CACHE,
    CLONE,
    GUID,
    IDENTITY,
    PRIVATE,
    SHARE,
    SUBNET,
    settings,
)


def test_a_sidecar_has_all_that_a_container_has() -> None:
    found = settings(
        volumes=[{"name": "shared", "emptyDir": {}}],
        sidecars=[
            {
                **CACHE,
                "command": ["redis-server", "--save", ""],
                "cpu": 0.25,
                "memory": 0.5,
                "cpuLimit": 0.5,
                "memoryLimit": 1,
                "ports": [{"port": 53, "protocol": "UDP"}, {"port": 6379}],
                "environment": {"PORT": 6379},
                "secureEnvironment": {"PASSWORD": "x"},
                "volumeMounts": [
                    {"name": "shared", "mountPath": "/data", "readOnly": True}
                ],
                "livenessProbe": {"command": ["redis-cli", "ping"]},
                "readinessProbe": {"path": "/ready", "successThreshold": 2},
            }
        ],
    )
    assert found.sidecars == (
        Container(
            "cache",
            CACHE["image"],
            ("redis-server", "--save", ""),
            cpu=0.25,
            memory=0.5,
            cpu_limit=0.5,
            memory_limit=1.0,
            ports=(Port(53, "UDP"), Port(6379)),
            environment={"PORT": "6379"},
            secure_environment={"PASSWORD": "x"},
            mounts=(Mount("shared", "/data", read_only=True),),
            liveness=Probe(None, ("redis-cli", "ping")),
            readiness=Probe("/ready", successes=2),
        ),
    )


@pytest.mark.parametrize("image", [{}, {"image": "app"}])
def test_the_image_of_this_stack_has_a_short_name(image: dict[str, str]) -> None:
    found = settings(
        sidecars=[{"name": "worker", **image}],
        initContainers=[{"name": "migrate", "command": ["true"], **image}],
    )
    assert found.sidecars[0].image is None
    assert found.init_containers == (InitContainer("migrate", None, ("true",)),)


def test_the_app_has_more_ports_limits_a_command_and_mounts() -> None:
    found = settings(
        port=80,
        ports=[{"port": 9000, "protocol": "UDP"}],
        cpuLimit=1,
        memoryLimit="",
        command=["python", "-m", "web", "-m"],
        volumes=[{"name": "shared", "emptyDir": {}}],
        volumeMounts=[{"name": "shared", "mountPath": "/data"}],
    ).app
    assert found.ports == (Port(80), Port(9000, "UDP"))
    assert (found.cpu_limit, found.memory_limit) == (1.0, None)
    assert found.command == ("python", "-m", "web", "-m")
    assert found.mounts == (Mount("shared", "/data"),)


def test_every_kind_of_volume_is_read() -> None:
    found = settings(
        volumes=[
            {"name": "empty", "emptyDir": {}},
            {"name": "hidden", "secret": {"pin": "0000\n"}},
            {"name": "share", "azureFile": {**SHARE, "readOnly": True}},
            {
                "name": "clone",
                "gitRepo": {**CLONE, "directory": ".", "revision": "abcdef1"},
            },
        ]
    ).volumes
    assert found == (
        Volume("empty"),
        Volume("hidden", {"pin": "0000\n"}),
        Volume("share", None, AzureFile("files", "account1", ACCOUNT_KEY, True)),
        Volume("clone", None, None, GitRepo(CLONE["repository"], ".", "abcdef1")),
    )
    assert "0000" not in repr(found)
    assert ACCOUNT_KEY not in repr(found)


def test_a_probe_of_its_own_takes_the_place_of_the_path() -> None:
    found = settings(
        livenessProbe={"command": ["true"], "periodSeconds": 5},
        livenessPath="/ignored",
        readinessPath="/ready",
        probePeriodSeconds=20,
    ).app
    assert found.liveness == Probe(None, ("true",), period=5)
    assert found.readiness == Probe("/ready", period=20)


def test_network_placement_logs_and_identities_are_read() -> None:
    found = settings(
        **PRIVATE,
        dnsConfig={
            "nameServers": ["10.0.0.10"],
            "searchDomains": ["a.example", "b.example"],
            "options": ["ndots:2"],
        },
        zone=2,
        groupSku="Confidential",
        ccePolicy="cGFja2FnZQ==",
        identities=[IDENTITY],
        systemIdentity=True,
        logAnalytics={"workspaceId": GUID, "workspaceKey": ACCOUNT_KEY},
    )
    assert found.network.address == "Private"
    assert found.network.subnets == (SUBNET,)
    assert found.network.dns == Dns(
        ("10.0.0.10",), ("a.example", "b.example"), ("ndots:2",)
    )
    assert found.placement.zone == "2"
    assert found.placement.sku == "Confidential"
    assert found.identities == (IDENTITY,)
    assert found.system_identity
    assert found.log_analytics == LogAnalytics(GUID, ACCOUNT_KEY)
