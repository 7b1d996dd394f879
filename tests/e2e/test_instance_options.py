"""A container group with all that runs here: deployed, changed in place, replaced."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.e2e.groups import FULL, SIDECAR, sidecar

Clone = Any
Json = dict[str, Any]
pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def full(shared_clone: Clone) -> Clone:
    shared_clone.configure(**FULL)
    shared_clone.up()
    return shared_clone


@pytest.fixture
def settings(full: Clone) -> Iterator[Clone]:
    """For tests that change the configuration: the file is put back afterwards."""
    file = full.root / "Pulumi.local.yaml"
    before = file.read_text()
    yield full
    file.write_text(before)


def steps(clone: Clone, kind: str = "preview", *options: str) -> dict[str, str]:
    """Name -> what happens to it, but for `same`."""
    body = json.loads(clone.run(kind, "--json", *options))
    assert body["succeeded"], body["diagnostics"]
    found = {one["urn"].rsplit("::", 1)[-1]: one["op"] for one in body["steps"]}
    return {name: op for name, op in found.items() if op != "same"}


def container(clone: Clone, name: str) -> Any:
    label = "acr-lab.container"
    (one,) = [it for it in clone.containers() if it.labels.get(label) == name]
    return one


def read(clone: Clone, name: str, path: str) -> str:
    code, output = container(clone, name).exec_run(["cat", path])
    assert code == 0, output
    return str(output.decode())


def test_the_app_answers_with_a_command_of_its_own(full: Clone) -> None:
    assert full.outputs()["imageDigest"] in full.page()
    assert container(full, "web").attrs["Config"]["Entrypoint"] == FULL["command"]


def test_a_second_update_and_a_refresh_change_nothing(full: Clone) -> None:
    assert "unchanged: there was nothing to do" in full.up()
    full.run("refresh", "--yes")
    assert steps(full) == {}


def test_a_sidecar_answers_over_udp_at_the_same_address(full: Clone) -> None:
    address = (full.outputs()["ipAddress"], 9000)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(10)
        udp.sendto(b"?", address)
        assert udp.recv(100) == b"sesame-of-the-sidecar"


def test_an_init_container_ran_first_and_its_file_is_shared(full: Clone) -> None:
    assert read(full, "web", "/shared/first") == "sesame-of-the-volume"
    assert read(full, "echo", "/shared/first") == "sesame-of-the-volume"


def test_limits_are_those_of_the_docker_engine(full: Clone) -> None:
    host = container(full, "echo").attrs["HostConfig"]
    assert host["NanoCpus"] == 500_000_000
    assert host["Memory"] == 512 * 1024**2


def test_the_service_shows_the_group_as_it_was_asked_for(full: Clone) -> None:
    made = group(full)
    values = made["properties"]
    assert made["zones"] == ["1"]
    assert made["identity"]["type"] == "SystemAssigned, UserAssigned"
    assert [one["name"] for one in values["containers"]] == ["web", "echo"]
    (first,) = values["initContainers"]
    assert first["properties"]["instanceView"]["currentState"]["exitCode"] == 0
    assert "sesame" not in json.dumps(made)


def group(clone: Clone) -> Json:
    outputs = clone.outputs()
    kind = "providers/Microsoft.ContainerInstance/containerGroups"
    path = f"/resourceGroups/{outputs['resourceGroup']}/{kind}"
    with clone.arm() as client:
        answer = client.get(
            f"{path}/{outputs['containerGroup']}",
            params={"api-version": "2024-05-01-preview"},
        )
    found: Json = answer.raise_for_status().json()
    return found


def test_no_secret_of_the_group_is_in_plain(full: Clone) -> None:
    state = full.run("stack", "export")
    told = [state, *(one.read_text() for one in (full.home / "logs").iterdir())]
    assert not any("sesame" in text or "c2VzYW1l" in text for text in told)


OTHER = {"name": "other", "command": ["sleep", "60"]}
ID = "/subscriptions/s/resourceGroups/g/providers"
SUBNET = f"{ID}/Microsoft.Network/virtualNetworks/v/subnets/s"
IDENTITY = f"{ID}/Microsoft.ManagedIdentity/userAssignedIdentities/i"
LOGS = {
    "workspaceId": "11111111-2222-3333-4444-555555555555",
    "workspaceKey": "c2VzYW1lLW9mLXRoZS1sb2dz",
}
IN_PLACE: dict[str, Json] = {
    "all of the app's own": {
        "pin": "digest",
        "command": ["python3", "-u", "-m", "web"],
        "environment": {"A": "b"},
        "secureEnvironment": {"B": "c"},
        "livenessPath": "",
        "readinessProbe": {"path": "/healthz", "periodSeconds": 7},
        "volumeMounts": [],
        "identities": [IDENTITY],
        "systemIdentity": False,
    },
    "all of a sidecar's own": sidecar(
        image="mcr.microsoft.com/cache/redis:6",
        command=["sleep", "60"],
        environment={"A": "b"},
        livenessProbe={"path": "/", "port": 9001},
        volumeMounts=[],
    ),
    "volumes and init containers": {
        "volumes": [
            FULL["volumes"][0],
            {"name": "hidden", "secret": {"pin": "1"}},
            {"name": "third", "emptyDir": {}},
        ],
        "initContainers": [
            {**FULL["initContainers"][0], "command": ["true"]},
            {"name": "second", "command": ["true"]},
        ],
    },
    "no init container": {"initContainers": []},
}
REPLACED: dict[str, Json] = {
    "cpu": {"cpu": 1},
    "memory limit of a sidecar": sidecar(memoryLimit=0.6),
    "port": {"port": 8090},
    "one port more": {"ports": [{"port": 8090}]},
    "protocol of a port": sidecar(ports=[{"port": 9000}]),
    "one sidecar more": {"sidecars": [SIDECAR, OTHER]},
    "no sidecar": {"sidecars": []},
    "name of a sidecar": sidecar(name="renamed"),
    "no address": {"ipAddress": "none", **sidecar(ports=[])},
    "a DNS label": {"dnsLabel": "my-label"},
    "restart policy": {"restartPolicy": "Always"},
    "zone": {"zone": "2"},
}


@pytest.mark.parametrize("change", IN_PLACE.values(), ids=IN_PLACE)
def test_this_changes_in_place(settings: Clone, change: Json) -> None:
    settings.configure(**change)
    assert steps(settings) == {"acr-lab": "update"}


@pytest.mark.parametrize("change", REPLACED.values(), ids=REPLACED)
def test_this_replaces_the_group(settings: Clone, change: Json) -> None:
    settings.configure(**change)
    assert steps(settings)["acr-lab"] == "replace"


@contextmanager
def made_with(clone: Clone, **inputs: Any) -> Iterator[None]:
    """A state in which the group was made with other inputs than the program's."""
    before, file = clone.run("stack", "export"), clone.root / "state.json"
    body = json.loads(before)
    rows = body["deployment"]["resources"]
    (made,) = [one for one in rows if one["type"].endswith(":ContainerGroup")]
    for name, value in inputs.items():
        known = made["inputs"].get(name)
        merged = {**known, **value} if isinstance(known, dict) else value
        made["inputs"][name] = merged
    try:
        file.write_text(json.dumps(body))
        clone.run("stack", "import", "--file", str(file))
        yield
    finally:
        file.write_text(before)
        clone.run("stack", "import", "--file", str(file))


def test_another_dns_label_is_taken_in_place(settings: Clone) -> None:
    settings.configure(dnsLabel="my-label")
    scope = {"autoGeneratedDomainNameLabelScope": "TenantReuse"}
    address = {"dnsNameLabel": "other-label", **scope}
    with made_with(settings, ipAddress=address):
        assert steps(settings) == {"acr-lab": "update"}


#: Inputs that no key changes by itself, or that this Azure refuses.
ALONE: dict[str, Any] = {
    "sku": "Dedicated",
    "subnetIds": [{"id": SUBNET}],
    "diagnostics": {"logAnalytics": {**LOGS, "logType": "ContainerInsights"}},
    "confidentialComputeProperties": {"ccePolicy": "cGFja2FnZQ=="},
    "dnsConfig": {"nameServers": ["10.0.0.10"]},
    "osType": "Windows",
    "priority": "Spot",
}


@pytest.mark.parametrize("name", ALONE)
def test_this_alone_replaces_the_group(full: Clone, name: str) -> None:
    with made_with(full, **{name: ALONE[name]}):
        assert steps(full) == {"acr-lab": "replace"}


def test_what_changes_in_place_keeps_name_and_address(settings: Clone) -> None:
    before = settings.outputs()
    settings.configure(**sidecar(secureEnvironment={"WORD": "sesame-of-tomorrow"}))
    assert steps(settings, "up", "--yes") == {"acr-lab": "update"}
    assert settings.outputs() == before
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(10)
        udp.sendto(b"?", (before["ipAddress"], 9000))
        assert udp.recv(100) == b"sesame-of-tomorrow"


def test_what_replaces_deletes_the_old_group_first(settings: Clone) -> None:
    before = settings.outputs()["containerGroup"]
    settings.configure(sidecars=[], zone="")
    log = settings.root / "events.json"
    settings.run("up", "--yes", "--event-log", str(log))
    events = [json.loads(line) for line in log.read_text().splitlines()]
    done = [
        one["resOutputsEvent"]["metadata"] for one in events if "resOutputsEvent" in one
    ]
    ops = [one["op"] for one in done if one["urn"].endswith("ContainerGroup::acr-lab")]
    assert ops == ["delete-replaced", "replace"]
    assert settings.outputs()["containerGroup"] != before
    assert len(settings.containers()) == 2  # the app's and the init container
    settings.page()


def test_without_an_address_up_waits_for_nobody(settings: Clone) -> None:
    settings.configure(sidecars=[], ipAddress="none", priority="Spot", zone="")
    said = settings.up()
    assert "The app answers" not in said
    outputs = settings.outputs()
    assert (outputs["url"], outputs["fqdn"], outputs["ipAddress"]) == ("", "", "")
    assert group(settings)["properties"]["priority"] == "Spot"
    assert "unchanged: there was nothing to do" in settings.up()


PLAIN: Json = {
    "sidecars": [],
    "initContainers": [],
    "volumes": [],
    "volumeMounts": [],
    "zone": "",
    "readinessProbe": {},
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ipAddress": "private", "subnetIds": [SUBNET]}, "subnetIds"),
        ({"groupSku": "Confidential"}, "sku Confidential"),
        ({"logAnalytics": LOGS}, "diagnostics"),
        (
            {
                "volumes": [
                    {"name": "clone", "gitRepo": {"repository": "https://x.y/a"}}
                ]
            },
            "gitRepo",
        ),
        (
            {
                "volumes": [
                    {
                        "name": "share",
                        "azureFile": {
                            "shareName": "files",
                            "storageAccountName": "account1",
                            "storageAccountKey": LOGS["workspaceKey"],
                        },
                    }
                ]
            },
            "azureFile",
        ),
    ],
)
def test_what_this_azure_does_not_have_is_refused_by_name(
    settings: Clone, change: Json, said: str
) -> None:
    before = settings.outputs()
    settings.configure(**{**PLAIN, **change})
    for command in ("preview", "up --yes"):
        shown = settings.run(*command.split(), code=1)
        assert said in shown
        assert "acr-lab:index" not in shown.split("Diagnostics:")[-1]
    # The old group was not deleted for a new one that cannot be.
    assert settings.outputs() == before
    assert settings.containers()


def test_windows_is_refused_where_its_image_would_be_built(settings: Clone) -> None:
    windows = {"osType": "Windows", "platform": "windows/amd64"}
    settings.configure(**{**PLAIN, **windows})
    assert "windows" in settings.up(code=1)
    assert settings.containers()
