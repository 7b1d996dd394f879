"""The machine is brought in line with the records: after a crash, and while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.models.containers import Container

from embedded.azure.instance.records import Records
from tests.embedded.azure.instance.portal import (
    GROUPS,
    Portal,
    container,
    eventually,
    fetch,
    group,
    image_names,
)

pytestmark = pytest.mark.docker


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home whose groups are removed at the end, whoever made them."""
    yield tmp_path
    portal = Portal(tmp_path)
    for body in portal.call("GET", GROUPS).body["value"]:
        portal.delete(body["name"])
    portal.close()


def ours(engine: docker.DockerClient, home: Path) -> list[Any]:
    label = f"acr-lab.embedded={home.resolve()}"
    return engine.containers.list(
        all=True, filters={"label": label}, ignore_removed=True
    )


def test_a_container_that_is_gone_is_made_again(
    home: Path, image: str, engine: docker.DockerClient
) -> None:
    portal = Portal(home)
    portal.put("web", group(container(image)))
    address = portal.get("web")["properties"]["ipAddress"]["ip"]
    portal.close()
    [before] = ours(engine, home)
    before.remove(force=True)

    portal = Portal(home)
    answer = eventually(lambda: fetch(address))
    assert answer.json()["VERSION"] == "1"
    # The same while it runs: somebody else's `docker rm` is not the end of a group.
    [again] = ours(engine, home)
    again.remove(force=True)
    eventually(lambda: [each for each in ours(engine, home) if each.id != again.id])
    assert eventually(lambda: fetch(address)).json()["VERSION"] == "1"
    portal.close()


def test_a_container_whose_removal_was_cut_off_is_made_again(
    home: Path,
    image: str,
    engine: docker.DockerClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    portal = Portal(home)
    portal.put("web", group(container(image)))
    address = portal.get("web")["properties"]["ipAddress"]["ip"]
    portal.close()
    [before] = ours(engine, home)
    before.stop(timeout=0)
    known: Any = Container.status

    def status(one: Any) -> str:
        """As of a dockerd that was killed in the middle of it."""
        return "dead" if one.id == before.id else str(known.fget(one))

    monkeypatch.setattr(Container, "status", property(status))
    portal = Portal(home)
    assert eventually(lambda: fetch(address)).json()["VERSION"] == "1"
    portal.close()
    eventually(lambda: [one.id for one in ours(engine, home)] != [before.id])
    [after] = ours(engine, home)
    assert after.id != before.id


def test_a_restart_of_the_service_leaves_containers_alone(
    home: Path, image: str, engine: docker.DockerClient
) -> None:
    portal = Portal(home)
    portal.put("web", group(container(image)))
    portal.close()
    [before] = ours(engine, home)
    portal = Portal(home)
    eventually(lambda: portal.view("web")["currentState"]["state"] == "Running")
    portal.close()
    [after] = ours(engine, home)
    assert (after.id, after.attrs["State"]) == (before.id, before.attrs["State"])


def test_a_deployment_that_was_cut_off_is_finished(home: Path, image: str) -> None:
    portal = Portal(home)
    portal.put("web", group(container(image)))
    records = Records(portal.store)
    record = records.find(f"{GROUPS}/web")
    assert record is not None
    records.save(replace(record, state="Creating"))
    portal.close()

    portal = Portal(home)
    eventually(
        lambda: portal.get("web")["properties"]["provisioningState"] == "Succeeded"
    )
    portal.close()


def test_a_replaced_container_that_is_still_there_is_removed(
    home: Path, image: str, engine: docker.DockerClient
) -> None:
    portal = Portal(home)
    portal.put("web", group(container(image)))
    records = Records(portal.store)
    record = records.find(f"{GROUPS}/web")
    assert record is not None
    records.save(replace(record, state="Creating"))
    [new] = ours(engine, home)
    labels = {**new.labels, "acr-lab.spec": "before"}
    old = engine.containers.create(image, ["true"], labels=labels)
    portal.close()

    portal = Portal(home)
    eventually(
        lambda: portal.get("web")["properties"]["provisioningState"] == "Succeeded"
    )
    assert old.id not in [each.id for each in ours(engine, home)]
    assert len(ours(engine, home)) == 1
    portal.close()


def test_containers_without_a_record_are_removed(
    home: Path, image: str, engine: docker.DockerClient
) -> None:
    portal = Portal(home)
    portal.put("web", group(container(image)))
    portal.store.delete(f"{GROUPS}/web")
    portal.close()
    assert len(ours(engine, home)) == 1

    portal = Portal(home)
    eventually(lambda: not ours(engine, home))
    portal.close()
    # Which images a group pulled is known to its record alone.
    engine.images.remove(image)


def test_a_network_that_died_takes_its_containers_along(
    home: Path, image: str, engine: docker.DockerClient
) -> None:
    portal = Portal(home)
    side = container(image, "side", command=["sleep", "600"], ports=[])
    portal.put("pair", group(container(image), side))
    address = portal.get("pair")["properties"]["ipAddress"]["ip"]
    assert eventually(lambda: fetch(address))
    [network] = [
        each for each in ours(engine, home) if each.labels["acr-lab.role"] == "sandbox"
    ]
    network.restart(timeout=0)
    eventually(lambda: portal.view("pair")["restartCount"] == 1)
    assert eventually(lambda: fetch(address))
    portal.close()


def test_a_stopped_group_stays_stopped(
    home: Path, image: str, engine: docker.DockerClient
) -> None:
    portal = Portal(home)
    portal.put("web", group(container(image)))
    address = portal.get("web")["properties"]["ipAddress"]["ip"]
    assert eventually(lambda: fetch(address))
    assert portal.call("POST", f"{GROUPS}/web/stop").status == 204
    portal.close()
    portal = Portal(home)
    eventually(lambda: portal.view("web")["currentState"]["state"] == "Terminated")
    assert portal.get("web")["properties"]["instanceView"]["state"] == "Stopped"
    assert [each.status for each in ours(engine, home)] == ["exited"]
    portal.close()


@pytest.mark.parametrize("then", ["goes on", "is deleted"])
def test_an_image_of_a_deployment_that_was_cut_off_goes_with_its_group(
    home: Path, image: str, engine: docker.DockerClient, then: str
) -> None:
    portal = Portal(home)
    portal.put("web", group(container(image)))
    record = Records(portal.store).find(f"{GROUPS}/web")
    assert record is not None
    assert record.bringing == ()
    # The pull is over, and nobody has noted yet what it brought.
    state = "Creating" if then == "goes on" else "Failed"
    cut_off = replace(record, state=state, images=(), bringing=(image,))
    Records(portal.store).save(cut_off)
    portal.close()

    portal = Portal(home)
    if then == "goes on":
        eventually(
            lambda: portal.get("web")["properties"]["provisioningState"] == "Succeeded"
        )
    portal.delete("web")
    portal.close()
    assert image not in image_names(engine)
