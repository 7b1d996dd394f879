"""Liveness and readiness probes on real containers."""

from __future__ import annotations

import docker
import pytest

from embedded.azure.service import Json
from tests.embedded.azure.instance.portal import Portal, container, eventually, group

pytestmark = pytest.mark.docker

HTTP = {"httpGet": {"path": "/health", "port": 80, "scheme": "http"}}
QUICK = {"periodSeconds": 1, "timeoutSeconds": 2}


def run_in(
    engine: docker.DockerClient, portal: Portal, name: str, command: list[str]
) -> None:
    labels = [f"acr-lab.embedded={portal.home}", f"acr-lab.container={name}"]
    found = engine.containers.list(filters={"label": labels})[0]
    assert found.exec_run(command).exit_code == 0


def unhealthy(portal: Portal, name: str) -> list[Json]:
    events = portal.view(name)["events"]
    return [event for event in events if event["name"] == "Unhealthy"]


def test_a_liveness_probe_restarts_a_sick_container(
    lab: Portal, image: str, engine: docker.DockerClient
) -> None:
    # Grown-up first: the app takes a moment before it answers at all.
    probe = {**HTTP, **QUICK, "initialDelaySeconds": 1, "failureThreshold": 2}
    lab.put("patient", group(container(image, "patient", livenessProbe=probe)))
    sick = ["sh", "-c", "touch /tmp/sick"]
    run_in(engine, lab, "patient", sick)
    eventually(lambda: lab.view("patient")["restartCount"] == 1)
    view = lab.view("patient")
    assert unhealthy(lab, "patient")[0]["type"] == "Warning"
    assert "statuscode: 500" in unhealthy(lab, "patient")[0]["message"]
    assert "Killing" in [event["name"] for event in view["events"]]
    assert view["previousState"]["state"] == "Terminated"
    # A restart in place keeps the file system, so it is still sick.
    run_in(engine, lab, "patient", ["rm", "-f", "/tmp/sick"])
    lab.delete("patient")


def test_the_restart_policy_never_wins_over_the_probe(lab: Portal, image: str) -> None:
    probe = {"exec": {"command": ["false"]}, **QUICK, "failureThreshold": 1}
    job = container(image, livenessProbe=probe)
    lab.put("doomed", group(job, restartPolicy="Never"))
    eventually(lambda: lab.view("doomed")["currentState"]["state"] == "Terminated")
    assert lab.view("doomed")["restartCount"] == 0
    assert "exit code 1" in unhealthy(lab, "doomed")[0]["message"]
    lab.delete("doomed")


def test_a_readiness_probe_shows_in_the_state_and_restarts_nothing(
    lab: Portal, image: str, engine: docker.DockerClient
) -> None:
    probe = {"exec": {"command": ["test", "-e", "/tmp/ready"]}, **QUICK}
    lab.put("shy", group(container(image, "shy", readinessProbe=probe)))

    def detail() -> str:
        return str(lab.view("shy")["currentState"]["detailStatus"])

    eventually(lambda: detail() == "NotReady" and unhealthy(lab, "shy"))
    run_in(engine, lab, "shy", ["touch", "/tmp/ready"])
    eventually(lambda: detail() == "")
    assert lab.view("shy")["restartCount"] == 0
    lab.delete("shy")


def test_a_probe_that_hangs_fails_at_its_timeout(lab: Portal, image: str) -> None:
    probe = {"exec": {"command": ["sleep", "60"]}, "timeoutSeconds": 1}
    lab.put("hanging", group(container(image, readinessProbe=probe)))
    eventually(lambda: unhealthy(lab, "hanging"))
    assert "timed out" in unhealthy(lab, "hanging")[0]["message"]
    lab.delete("hanging")
