"""Container groups on a real Docker Engine, from the first PUT to the DELETE."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import docker
import pytest

from embedded.azure.instance import sandbox
from embedded.azure.service import Json
from tests.embedded.azure.instance.portal import (
    GROUPS,
    Portal,
    container,
    eventually,
    fetch,
    group,
    image_names,
    web,
)

pytestmark = pytest.mark.docker

Push = Callable[..., str]


def ours(engine: docker.DockerClient, portal: Portal, name: str) -> list[Any]:
    """The containers of one group."""
    labels = [
        f"acr-lab.embedded={portal.home}",
        f"acr-lab.group={GROUPS.lower()}/{name}",
    ]
    return engine.containers.list(
        all=True, filters={"label": labels}, ignore_removed=True
    )


@pytest.fixture(scope="module")
def first(lab: Portal, image: str) -> Json:
    """A group that serves; the tests that use it leave it as it is."""
    environment = [
        {"name": "COLOUR", "value": "green"},
        {"name": "TOKEN", "secureValue": "hush-hush"},
    ]
    body = group(container(image, environmentVariables=environment))
    answer = lab.put("first", body)
    assert answer.status == 201, answer.body
    assert answer.body["properties"]["provisioningState"] == "Succeeded"
    return body


def test_a_group_serves_on_an_address_of_its_own(lab: Portal, first: Json) -> None:
    assert lab.address("first").startswith("127.")
    assert lab.variables("first")["COLOUR"] == "green"


def test_a_secure_value_reaches_the_container_and_no_answer(
    lab: Portal, first: Json
) -> None:
    assert lab.variables("first")["TOKEN"] == "hush-hush"
    assert "hush-hush" not in str(lab.get("first"))
    assert "hush-hush" not in str(lab.call("GET", GROUPS).body)


def test_cpu_and_memory_are_limits_of_the_container(
    lab: Portal, first: Json, engine: docker.DockerClient
) -> None:
    host = ours(engine, lab, "first")[0].attrs["HostConfig"]
    assert host["NanoCpus"] == 500_000_000
    assert host["Memory"] == round(0.2 * 1024**3)
    assert host["RestartPolicy"]["Name"] == "always"


def test_the_same_put_again_keeps_the_container(
    lab: Portal, first: Json, engine: docker.DockerClient
) -> None:
    before = [each.id for each in ours(engine, lab, "first")]
    assert lab.put("first", first).status == 200
    assert [each.id for each in ours(engine, lab, "first")] == before


def test_the_view_tells_what_happened_in_order(lab: Portal, first: Json) -> None:
    view = eventually(lambda: lab.view("first"))
    names = [event["name"] for event in view["events"]]
    assert names[:3] == ["Pulling", "Pulled", "Started"]
    assert view["currentState"]["state"] == "Running"
    assert view["restartCount"] == 0
    assert lab.get("first")["properties"]["instanceView"]["state"] == "Running"


def test_two_groups_both_serve_on_port_80(lab: Portal, first: Json, image: str) -> None:
    name = [{"name": "COLOUR", "value": "blue"}]
    lab.put("second", group(container(image, environmentVariables=name)))
    assert lab.variables("second")["COLOUR"] == "blue"
    assert lab.variables("first")["COLOUR"] == "green"
    lab.delete("second")


def test_logs_can_be_cut_and_stamped(lab: Portal, first: Json, image: str) -> None:
    command = ["sh", "-c", "echo one; echo two; sleep 60"]
    lab.put("talker", group(container(image, command=command)))
    path = f"{GROUPS}/talker/containers/web/logs"
    eventually(lambda: "two" in lab.call("GET", path).body["content"])
    assert lab.call("GET", path).body == {"content": "one\ntwo\n"}
    assert lab.call("GET", path, tail="1").body == {"content": "two\n"}
    stamped = lab.call("GET", path, tail="1", timestamps="true").body["content"]
    assert stamped.startswith("20")
    assert stamped.endswith("Z two\n")
    lab.delete("talker")


def test_delete_leaves_nothing_on_the_engine(
    portal: Portal, image: str, push: Push, engine: docker.DockerClient
) -> None:
    secret = {"key": base64.b64encode(b"abc").decode()}
    volumes = [
        {"name": "scratch", "emptyDir": {}},
        {"name": "secrets", "secret": secret},
    ]
    mounts = [
        {"name": "scratch", "mountPath": "/scratch"},
        {"name": "secrets", "mountPath": "/secrets"},
    ]
    only_here = push("short-lived", VERSION="0")
    side = container(only_here, "side", command=["sleep", "60"], ports=[])
    main = container(only_here, volumeMounts=mounts)
    answer = portal.put("gone", group(main, side, volumes=volumes))
    assert answer.status == 201
    assert portal.delete("gone").status == 200
    assert portal.delete("gone").status == 204
    assert portal.call("GET", f"{GROUPS}/gone").status == 404
    label = f"acr-lab.embedded={portal.home}"
    assert engine.containers.list(all=True, filters={"label": label}) == []
    assert engine.volumes.list(filters={"label": label}) == []
    assert only_here not in image_names(engine)
    assert sandbox.image_name(portal.home) not in image_names(engine)
    assert list((portal.home / "instances").iterdir()) == []


def test_stop_and_start_keep_the_group_and_make_new_containers(
    lab: Portal, image: str, engine: docker.DockerClient
) -> None:
    lab.put("paused", group(container(image)))
    assert lab.variables("paused")["VERSION"] == "1"
    before = ours(engine, lab, "paused")[0].id
    assert lab.call("POST", f"{GROUPS}/paused/stop").status == 204
    shown = lab.get("paused")["properties"]
    assert shown["instanceView"]["state"] == "Stopped"
    assert lab.view("paused")["currentState"]["state"] == "Terminated"
    assert fetch(shown["ipAddress"]["ip"]) is None
    logs = lab.call("GET", f"{GROUPS}/paused/containers/web/logs")
    assert "listening" in logs.body["content"]

    answer = lab.wait(lab.call("POST", f"{GROUPS}/paused/start"))
    assert answer.status == 202
    assert answer.body["properties"]["instanceView"]["state"] == "Running"
    assert ours(engine, lab, "paused")[0].id != before
    assert lab.variables("paused")["VERSION"] == "1"

    assert lab.call("POST", f"{GROUPS}/paused/start").status == 204
    running = ours(engine, lab, "paused")[0].id
    eventually(lambda: fetch(lab.address("paused")))
    assert lab.call("POST", f"{GROUPS}/paused/restart").status == 204
    assert ours(engine, lab, "paused")[0].id != running
    lab.delete("paused")


@pytest.mark.parametrize(
    ("policy", "code", "state"),
    [("Never", 3, "Failed"), ("Never", 0, "Succeeded"), ("OnFailure", 0, "Succeeded")],
)
def test_a_container_that_ends_stays_ended(
    lab: Portal, image: str, policy: str, code: int, state: str
) -> None:
    job = container(image, command=["sh", "-c", f"exit {code}"], ports=[])
    lab.put("job", group(job, restartPolicy=policy, ipAddress=None))

    def ended() -> bool:
        shown: Json = lab.get("job")["properties"]["instanceView"]
        return bool(shown["state"] == state)

    eventually(ended)
    current = lab.view("job")["currentState"]
    assert current["state"] == "Terminated"
    assert current["exitCode"] == code
    assert current["detailStatus"] == ("Error" if code else "Completed")
    assert current["finishTime"] >= current["startTime"]
    lab.delete("job")


@pytest.mark.parametrize(("policy", "code"), [("Always", 0), ("OnFailure", 4)])
def test_a_container_that_ends_is_started_again(
    lab: Portal, image: str, policy: str, code: int
) -> None:
    command = ["sh", "-c", f"sleep 0.1; exit {code}"]
    job = container(image, command=command, ports=[])
    answer = lab.put("again", group(job, restartPolicy=policy, ipAddress=None))
    assert answer.body["properties"]["provisioningState"] == "Succeeded"
    eventually(lambda: lab.view("again")["restartCount"] >= 2)

    def waits() -> Json | None:
        view = lab.view("again")
        return view if view["currentState"]["state"] == "Waiting" else None

    view = eventually(waits)
    assert view["currentState"]["detailStatus"] == "CrashLoopBackOff"
    assert view["previousState"]["exitCode"] == code
    eventually(lambda: _count(lab.view("again"), "Started") >= 3)
    lab.delete("again")


def test_containers_of_a_group_share_localhost(lab: Portal, image: str) -> None:
    look = (
        "import time, urllib.request as u\n"
        "while True:\n"
        "    try: print(u.urlopen('http://localhost:80/').status, flush=True); break\n"
        "    except OSError: time.sleep(0.1)\n"
        "time.sleep(60)"
    )
    side = container(image, "side", command=["python3", "-c", look], ports=[])
    lab.put("pair", group(container(image), side))
    path = f"{GROUPS}/pair/containers/side/logs"
    eventually(lambda: "200" in lab.call("GET", path).body["content"])
    assert lab.variables("pair")["VERSION"] == "1"
    lab.delete("pair")


def test_init_containers_prepare_volumes_in_their_order(
    lab: Portal, image: str
) -> None:
    mounts = [{"name": "scratch", "mountPath": "/scratch"}]

    def step(name: str) -> Json:
        command = ["sh", "-c", f"echo {name} >> /scratch/steps"]
        return {
            "name": name,
            "properties": {"image": image, "command": command, "volumeMounts": mounts},
        }

    secret = {"word": base64.b64encode(b"swordfish").decode()}
    both = [*mounts, {"name": "secrets", "mountPath": "/secrets"}]
    show = ["sh", "-c", "cat /scratch/steps /secrets/word; id -u; touch /scratch/mine"]
    main = container(
        image,
        command=show,
        ports=[],
        volumeMounts=both,
        securityContext={"runAsUser": 1000},
    )
    body = group(
        main,
        initContainers=[step("one"), step("two")],
        volumes=[
            {"name": "scratch", "emptyDir": {}},
            {"name": "secrets", "secret": secret},
        ],
        ipAddress=None,
        restartPolicy="Never",
    )
    assert lab.put("prepared", body).status == 201
    eventually(lambda: lab.view("prepared")["currentState"]["state"] == "Terminated")
    logs = lab.call("GET", f"{GROUPS}/prepared/containers/web/logs").body["content"]
    assert logs == "one\ntwo\nswordfish1000\n"
    assert lab.view("prepared")["currentState"]["exitCode"] == 0
    assert "swordfish" not in str(lab.get("prepared"))
    lab.delete("prepared")


def test_a_failed_init_container_fails_the_group(lab: Portal, image: str) -> None:
    bad = {
        "name": "bad",
        "properties": {"image": image, "command": ["sh", "-c", "exit 9"]},
    }
    body = group(container(image), initContainers=[bad], restartPolicy="Never")
    answer = lab.put("unprepared", body)
    assert answer.code == "InitContainerFailed"
    assert "exit code 9" in answer.message
    assert lab.get("unprepared")["properties"]["provisioningState"] == "Failed"
    lab.delete("unprepared")


def test_a_command_that_does_not_exist_fails_by_name(lab: Portal, image: str) -> None:
    answer = lab.put("broken", group(container(image, command=["/no/such"])))
    assert answer.code == "ContainerGroupDeploymentFailed"
    assert "/no/such" in answer.message
    assert lab.get("broken")["properties"]["provisioningState"] == "Failed"
    # A failed group may be put right with any change at all.
    repaired = lab.put("broken", group(container(image), restartPolicy="Never"))
    assert repaired.body["properties"]["provisioningState"] == "Succeeded"
    lab.delete("broken")


def test_a_running_group_refuses_other_resources(
    lab: Portal, first: Json, image: str
) -> None:
    more = {"requests": {"cpu": 0.75, "memoryInGB": 0.2}}
    answer = lab.put("first", group(container(image, resources=more)))
    assert answer.code == "InvalidContainerGroupUpdate"
    assert "from '0.5' to '0.75'" in answer.message
    assert lab.variables("first")["COLOUR"] == "green"


def test_work_in_progress_refuses_more_and_gives_way_to_delete(
    lab: Portal, image: str, engine: docker.DockerClient
) -> None:
    slow = {"name": "slow", "properties": {"image": image, "command": ["sleep", "60"]}}
    body = group(container(image), initContainers=[slow])
    first = lab.call("PUT", f"{GROUPS}/busy", body)
    assert first.body["properties"]["provisioningState"] == "Pending"
    again = lab.call("PUT", f"{GROUPS}/busy", body)
    assert (again.status, again.code) == (409, "ContainerGroupTransitioning")
    eventually(lambda: ours(engine, lab, "busy"))
    assert lab.delete("busy").status == 200
    assert lab.wait(first).code == "ContainerGroupDeleted"
    assert ours(engine, lab, "busy") == []


def test_a_label_names_the_group_for_good(lab: Portal, image: str) -> None:
    def labelled() -> Json:
        address = {"ports": [{"port": 80}], "type": "Public", "dnsNameLabel": "acr-lab"}
        return group(container(image, command=web()), ipAddress=address)

    shown = lab.put("named", labelled()).body["properties"]["ipAddress"]
    assert shown["fqdn"] == "acr-lab.westeurope.azurecontainer.io"
    assert lab.put("rival", labelled()).code == "DnsNameLabelNotAvailable"
    lab.delete("named")
    assert lab.put("rival", labelled()).status == 201
    lab.delete("rival")


def _count(view: Json, event: str) -> int:
    return sum(each["count"] for each in view["events"] if each["name"] == event)
