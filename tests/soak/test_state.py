"""The state as the campaign reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from soak.state import Pending, State, Unreadable, read

Json = dict[str, Any]
BASE = "urn:pulumi:local::acr-lab::"


def row(type_: str, name: str, **more: Any) -> Json:
    return {"urn": f"{BASE}{type_}::{name}", "type": type_, **more}


def write(folder: Path, version: int = 3, **latest: Any) -> Path:
    file = folder / "local.json"
    body = {"version": version, "checkpoint": {"stack": "x", "latest": latest}}
    file.write_text(json.dumps(body))
    return file


def test_resources_outputs_and_what_is_pending_are_read(tmp_path: Path) -> None:
    group = row("azure-native:resources:ResourceGroup", "acr-lab", id="/g")
    old = row("azure-native:x:Y", "y", id="/y", delete=True)
    lost = {"type": "creating", "resource": row("a:b:C", "c")}
    stack = row("pulumi:pulumi:Stack", "acr-lab-local", outputs={"url": "u"})
    provider = row("pulumi:providers:docker", "default")
    rows = [stack, provider, group, old]
    found = read(write(tmp_path, resources=rows, pending_operations=[lost]))
    assert found.pending == (Pending("creating", "a:b:C", "c"),)
    assert found.outputs == {"url": "u"}
    assert {name for _, name in found.names} == {"acr-lab-local", "acr-lab", "y"}
    assert [(one.id, one.doomed) for one in found.resources if one.is_arm] == [
        ("/g", False),
        ("/y", True),
    ]


def test_a_stack_that_was_never_deployed_is_empty(tmp_path: Path) -> None:
    assert read(tmp_path / "local.json") == State()
    assert read(write(tmp_path)) == State()


def test_a_state_with_features_is_read(tmp_path: Path) -> None:
    stack = row("pulumi:pulumi:Stack", "acr-lab-local")
    assert read(write(tmp_path, 4, resources=[stack])).names


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": 5}'])
def test_what_is_no_state_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "local.json"
    file.write_text(text)
    with pytest.raises(Unreadable, match=r"local\.json"):
        read(file)
