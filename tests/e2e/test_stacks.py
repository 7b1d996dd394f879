"""The three whole stacks: deployed twice, changed once, destroyed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.stacks import RESTORABLE, changes

Clone = Any
Json = dict[str, Any]
pytestmark = pytest.mark.docker
UNCHANGED = "unchanged: there was nothing to do"


def left(clone: Clone) -> list[Json]:
    """What the clone's local Azure still has."""
    clone.run("azure", "start")
    with clone.arm() as cloud:
        answer = cloud.get("/resourcegroups", params={"api-version": "2021-04-01"})
        found: list[Json] = answer.raise_for_status().json()["value"]
        return found


@pytest.mark.parametrize(
    ("stack", "change", "changed"),
    [
        ("local-defaults", {"environment": {"A": "b"}}, {"acr-lab": "update"}),
        ("local-max", {"cpu": 0.6}, {"acr-lab": "replace"}),
        (
            "local-secure",
            {"allowedIps": ["127.0.0.1", "203.0.113.0/28"]},
            {"acrlab": "update"},
        ),
    ],
)
def test_a_stack_is_deployed_twice_changed_once_and_destroyed(
    clone: Clone, stack: str, change: Json, changed: dict[str, str]
) -> None:
    clone.stack = stack
    clone.up()
    assert clone.outputs()["imageDigest"] in clone.page()
    assert UNCHANGED in clone.up()
    clone.configure(**change)
    assert changes(clone) == changed
    assert clone.outputs()["imageDigest"] in clone.page()
    clone.destroy()
    assert clone.resources() == {}
    assert clone.containers() == []
    assert left(clone) == []
    registries = clone.home / "azure" / "registries"
    assert list(registries.iterdir()) == []


def test_a_stack_with_what_local_max_leaves_out_is_deployed_twice(
    clone: Clone,
) -> None:
    clone.configure(**RESTORABLE)
    clone.up()  # pushes and pulls, and shows the registry no token for ARM
    assert UNCHANGED in clone.up()


def test_the_secure_stack_keeps_every_policy(clone: Clone) -> None:
    clone.stack = "local-secure"
    said = clone.run("preview", "--policy-pack", "policy")
    assert "✅ acr-lab" in said
    assert "advisory" not in said
