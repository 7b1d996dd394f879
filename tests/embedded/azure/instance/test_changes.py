"""What cannot be changed on a group that exists, and what can."""

from __future__ import annotations

from typing import Any

import pytest

from embedded.azure.errors import ArmError
from embedded.azure.instance import changes, parsing
from embedded.azure.service import Json
from tests.embedded.azure.instance.portal import container, group

IMAGE = "lab.azurecr.io/app:1"


def refusal(new: Json) -> ArmError | None:
    """For a change of a group with one container to the new body."""
    old = parsing.group("web", group(container(IMAGE)))
    try:
        changes.check(old, parsing.group("web", new))
    except ArmError as error:
        return error
    return None


def resources(cpu: float, memory: float) -> Json:
    return {"requests": {"cpu": cpu, "memoryInGB": memory}}


@pytest.mark.parametrize(
    ("what", "new"),
    [
        ("restartPolicy", group(container(IMAGE), restartPolicy="Never")),
        ("osType", group(container(IMAGE), osType="Windows")),
        (
            "cpu of container 'web'",
            group(container(IMAGE, resources=resources(1, 0.2))),
        ),
        (
            "memoryInGB of container 'web'",
            group(container(IMAGE, resources=resources(0.5, 1))),
        ),
        ("cpu of all containers", group(container(IMAGE), container(IMAGE, "side"))),
        ("ipAddress.ports", group(container(IMAGE), ipAddress=None)),
        ("priority", group(container(IMAGE), priority="Spot")),
        ("zones", {**group(container(IMAGE)), "zones": ["1"]}),
        (
            "ports of container 'web'",
            group(container(IMAGE, ports=[{"port": 80}, {"port": 81}])),
        ),
    ],
)
def test_a_change_is_refused_and_named(what: str, new: Json) -> None:
    error = refusal(new)
    assert error is not None
    assert (error.status, error.code) == (400, "InvalidContainerGroupUpdate")
    assert error.target == what
    assert "you must delete it first" in error.message


def test_another_location_is_a_conflict() -> None:
    error = refusal({**group(container(IMAGE)), "location": "eastus"})
    assert error is not None
    assert (error.status, error.code) == (409, "InvalidResourceLocation")


@pytest.mark.parametrize(
    "properties",
    [
        {"image": "lab.azurecr.io/app:2"},
        {"command": ["other"]},
        {"environmentVariables": [{"name": "A", "value": "b"}]},
        {"livenessProbe": {"httpGet": {"port": 80}}},
    ],
)
def test_the_rest_can_be_changed(properties: dict[str, Any]) -> None:
    image = properties.pop("image", IMAGE)
    assert refusal(group(container(image, **properties))) is None


def test_a_location_is_the_same_however_it_is_written() -> None:
    assert refusal({**group(container(IMAGE)), "location": "West Europe"}) is None
