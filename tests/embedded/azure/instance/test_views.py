"""What answers show, from what is known: no Docker Engine is needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded.azure.instance import views
from embedded.azure.instance.history import EVENTS_KEPT, History
from embedded.azure.instance.observation import Observation
from embedded.azure.instance.records import Record
from embedded.azure.service import Json
from embedded.azure.store import Store
from tests.embedded.azure.instance.portal import GROUPS, container, group

ID = f"{GROUPS}/web"
secrets = st.text("abcdef", min_size=12, max_size=12).map("§{}§".format)


def seen(status: str, exit_code: int = 0, *, restarts: int = 0) -> Observation:
    begin, end = "2026-01-01T00:00:00Z", "2026-01-01T00:00:09Z"
    return Observation("id", status, exit_code, begin, end, False, "", restarts)


@given(secrets, secrets, secrets)
def test_no_answer_shows_a_secret(env: str, password: str, file: str) -> None:
    variable = {"name": "TOKEN", "secureValue": env}
    credential = {"server": "a.io", "username": "me", "password": password}
    volume = {"name": "files", "secret": {"key": file}}
    body = group(
        container("a.io/app", environmentVariables=[variable]),
        initContainers=[container("a.io/app", "init", environmentVariables=[variable])],
        imageRegistryCredentials=[credential],
        volumes=[volume],
    )
    shown = json.dumps(Record(ID, body).shown(), ensure_ascii=False)
    assert not any(secret in shown for secret in (env, password, file))
    assert '"TOKEN"' in shown
    assert '"me"' in shown


def test_the_body_comes_back_with_azures_defaults() -> None:
    body = group(container("a.io/app"))
    body["tags"] = {"a": "b"}
    body["location"] = "West Europe"
    record = Record(ID, body, address="127.64.0.9", domain_name="x.io")
    shown = record.shown()
    assert shown["id"] == ID
    assert shown["type"] == "Microsoft.ContainerInstance/containerGroups"
    assert (shown["location"], shown["tags"]) == ("westeurope", {"a": "b"})
    properties = shown["properties"]
    assert properties["sku"] == "Standard"
    assert properties["restartPolicy"] == "Always"
    assert properties["ipAddress"]["ip"] == "127.64.0.9"
    assert properties["ipAddress"]["fqdn"] == "x.io"
    port = {"port": 80, "protocol": "TCP"}
    assert properties["containers"][0]["properties"]["ports"] == [port]


def test_what_is_read_only_is_not_taken_from_the_client() -> None:
    body = group(container("a.io/app"), provisioningState="Succeeded", instanceView=1)
    shown = Record(ID, body, state="Pending").shown()["properties"]
    assert shown["provisioningState"] == "Pending"
    assert "instanceView" not in shown


@pytest.mark.parametrize(
    ("provisioning", "stopped", "found", "state"),
    [
        ("Pending", False, None, "Pending"),
        ("Creating", False, seen("running"), "Pending"),
        ("Failed", False, seen("exited"), "Failed"),
        ("Failed", False, seen("running"), "Running"),
        ("Succeeded", True, seen("exited"), "Stopped"),
        ("Succeeded", False, seen("running"), "Running"),
        ("Succeeded", False, seen("restarting", 1), "Running"),
        ("Succeeded", False, seen("exited"), "Succeeded"),
        ("Succeeded", False, seen("exited", 1), "Failed"),
        ("Succeeded", False, None, "Running"),
    ],
)
def test_the_state_of_a_group(
    provisioning: str, stopped: bool, found: Observation | None, state: str
) -> None:
    by_name = {} if found is None else {"web": found}
    assert views.group_state(provisioning, ["web"], by_name, stopped=stopped) == state


@pytest.mark.parametrize(
    ("found", "state", "detail"),
    [
        (None, "Waiting", ""),
        (seen("created"), "Waiting", "ContainerCreating"),
        (seen("running"), "Running", ""),
        (seen("restarting", 1), "Waiting", "CrashLoopBackOff"),
        (seen("exited"), "Terminated", "Completed"),
        (seen("exited", 137), "Terminated", "Error"),
    ],
)
def test_the_state_of_a_container(
    found: Observation | None, state: str, detail: str
) -> None:
    current = views.instance(found, {}, ready=True)["currentState"]
    assert (current["state"], current["detailStatus"]) == (state, detail)


def test_a_restarted_container_shows_how_it_ended_before(tmp_path: Path) -> None:
    history = History(Store(tmp_path / "store"))
    history.started(ID, "web", "one")
    history.ended(ID, "web", 7)
    history.started(ID, "web", "one")
    view = views.instance(seen("running"), history.of(ID)["web"], ready=True)
    assert view["restartCount"] == 1
    assert view["previousState"]["exitCode"] == 7
    # A new container begins anew, but what happened to the group stays to be read.
    history.started(ID, "web", "two")
    view = views.instance(seen("running"), history.of(ID)["web"], ready=True)
    assert view["restartCount"] == 0
    assert "previousState" not in view
    assert view["events"][0]["count"] == 3


def test_a_history_does_not_grow_without_end(tmp_path: Path) -> None:
    history = History(Store(tmp_path / "store"))
    for number in range(EVENTS_KEPT + 10):
        history.note(ID, "web", "Unhealthy", f"problem {number}", "Warning")
    events: list[Json] = history.of(ID)["web"]["events"]
    assert len(events) == EVENTS_KEPT
    assert events[-1]["message"] == f"problem {EVENTS_KEPT + 9}"


def test_several_signals_to_one_run_are_one_event(tmp_path: Path) -> None:
    history = History(Store(tmp_path / "store"))
    history.started(ID, "web", "one")
    history.killed(ID, "web", "one")
    history.killed(ID, "web", "one")
    [event] = [e for e in history.of(ID)["web"]["events"] if e["name"] == "Killing"]
    assert event["count"] == 1
