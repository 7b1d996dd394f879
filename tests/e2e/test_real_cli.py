"""The real Pulumi CLI and the embedded engine take turns on one stack."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from embedded.engine.secrets import PassphraseSecrets
from tests.e2e.groups import FULL

Clone = Any
pytestmark = [pytest.mark.docker, pytest.mark.cli]
HERE = ("--engine", "embedded")
CLI = ("--engine", "pulumi")
BOTH_WAYS = pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(CLI, HERE, id="first the CLI"),
        pytest.param(HERE, CLI, id="first the embedded engine"),
    ],
)
#: What two exports of one state may differ in: times, who wrote it, what ran the
#: program.
VOLATILE = {"manifest", "created", "modified", "stackTrace"}


def assert_nothing_to_do(clone: Clone, engine: tuple[str, str]) -> None:
    """By the engine's own word for it."""
    if engine == CLI:
        clone.run("preview", "--expect-no-changes", *CLI)
    else:
        assert "there was nothing to do" in clone.run("preview", *HERE)


def exported(clone: Clone, engine: tuple[str, str]) -> Any:
    """An export with its resources by URN: independent ones may end in any order.

    Secrets are open in it: a ciphertext has another nonce each time.
    """
    told = json.loads(clone.run("stack", "export", *engine))
    salt = told["deployment"]["secrets_providers"]["state"]["salt"]
    state = steady(told, PassphraseSecrets.open(salt, "embedded").decrypt)
    rows = state["deployment"].pop("resources")
    return {**state, "resources": {one["urn"]: one for one in rows}}


def steady(value: Any, decrypt: Callable[[str], str]) -> Any:
    """Without what may differ, and sets of URNs in one order: the SDK has none."""
    if isinstance(value, list):
        texts = all(isinstance(one, str) for one in value)
        return sorted(value) if texts else [steady(one, decrypt) for one in value]
    if not isinstance(value, dict):
        return value
    if "ciphertext" in value:
        secret = json.loads(decrypt(value["ciphertext"]))
        # Each run of the program pushes with a token of its own.
        is_token = isinstance(secret, str) and secret.startswith("eyJ")
        return {**value, "ciphertext": "a token" if is_token else secret}
    return {k: steady(v, decrypt) for k, v in value.items() if k not in VOLATILE}


@BOTH_WAYS
def test_what_one_has_made_the_other_finds_in_order_and_deletes(
    clone: Clone, first: tuple[str, str], second: tuple[str, str]
) -> None:
    clone.run("up", "--yes", *first)
    clone.page()
    assert_nothing_to_do(clone, second)
    clone.run("refresh", "--yes", *second)
    assert_nothing_to_do(clone, first)
    clone.run("destroy", "--yes", *second)
    assert clone.resources() == {}
    assert clone.containers() == []


@BOTH_WAYS
def test_both_export_the_same_state_also_after_an_up_of_the_other(
    clone: Clone, first: tuple[str, str], second: tuple[str, str]
) -> None:
    clone.configure(secureEnvironment={"PIN": "1234"}, adminUser=True, pullAuth="admin")
    clone.run("up", "--yes", *first)
    state = exported(clone, first)
    kinds = {one["type"].split(":")[-1] for one in state["resources"].values()}
    assert kinds >= {"Registry", "Image", "ContainerGroup"}
    assert "'1234'" in str(state), "no secret was opened"
    assert exported(clone, second) == state
    clone.run("up", "--yes", *second)
    assert exported(clone, first) == state
    assert exported(clone, second) == state


def test_all_that_a_registry_offers_is_the_same_to_both(clone: Clone) -> None:
    clone.stack = "local-max"
    clone.run("up", "--yes", *CLI)
    assert_nothing_to_do(clone, HERE)
    clone.run("up", "--yes", *HERE)
    assert_nothing_to_do(clone, CLI)
    clone.run("destroy", "--yes", *CLI)
    assert clone.resources() == {}


@BOTH_WAYS
def test_a_failure_under_one_is_mended_under_the_other(
    clone: Clone, first: tuple[str, str], second: tuple[str, str]
) -> None:
    dockerfile = clone.root / "app/Dockerfile"
    whole = dockerfile.read_text()
    dockerfile.write_text(f"{whole}\nCOPY nowhere/ ./\n")
    said = clone.run("up", "--yes", *first, code=1)
    assert "COPY nowhere/ ./" in said
    assert "acrlab" in clone.resources()
    dockerfile.write_text(whole)
    clone.run("up", "--yes", *second)
    clone.page()
    assert_nothing_to_do(clone, first)


#: A change of the group -> whether it replaces it.
CHANGES: list[tuple[dict[str, Any], bool]] = [
    ({"environment": {"A": "b"}}, False),
    ({"initContainers": []}, False),
    ({"cpu": 1}, True),
    ({"sidecars": []}, True),
]


def group_step(clone: Clone, engine: tuple[str, str]) -> set[str]:
    """What a preview says of the group, but for the parts of a replacement."""
    said = clone.run("preview", "--json", *engine)
    body = json.loads(said[said.index("{") :])
    parts = {"create-replacement", "delete-replaced"}
    return {
        one["op"]
        for one in body["steps"]
        if one["urn"].endswith(":ContainerGroup::acr-lab") and one["op"] not in parts
    }


def test_what_replaces_a_group_is_the_same_to_both(clone: Clone) -> None:
    clone.configure(**FULL)
    clone.run("up", "--yes", *CLI)
    assert_nothing_to_do(clone, HERE)
    file = clone.root / "Pulumi.local.yaml"
    before = file.read_text()
    for change, replaced in CHANGES:
        clone.configure(**change)
        wanted = {"replace" if replaced else "update"}
        assert group_step(clone, CLI) == wanted, change
        assert group_step(clone, HERE) == wanted, change
        file.write_text(before)
    clone.run("destroy", "--yes", *HERE)
