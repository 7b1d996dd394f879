"""The project's own policy pack on the project's own stack, under both engines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

Clone = Any
pytestmark = pytest.mark.docker
PACK = ("--policy-pack", "policy")
ENGINES = [
    pytest.param("embedded"),
    pytest.param("pulumi", marks=pytest.mark.cli),
]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_stack_as_committed_keeps_all_rules(clone: Clone, engine: str) -> None:
    options = ("--engine", engine, *PACK)
    assert "✅ acr-lab@v0.1.0" in clone.run("preview", *options)
    assert "✅ acr-lab@v0.1.0" in clone.run("up", "--yes", *options)
    assert "✅ acr-lab@v0.1.0" in clone.run("preview", *options)
    clone.page()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_configuration_against_a_mandatory_rule_is_stopped(
    clone: Clone, engine: str
) -> None:
    clone.configure(port=9000)
    for command in (["preview"], ["up", "--yes"]):
        said = clone.run(*command, "--engine", engine, *PACK, code=None)
        assert "❌ acr-lab@v0.1.0" in said
        assert "[mandatory] [severity: high]  container-group-ports-allowed" in said
        assert "Previewing update" in said
        assert "Port 9000 is on a public address. Take the port out" in said
    assert clone.resources() == {}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_rule_can_be_configured(clone: Clone, tmp_path: Path, engine: str) -> None:
    file = tmp_path / "rules.json"
    file.write_text(json.dumps({"registry-sku-allowed": {"allowed": ["Premium"]}}))
    config = ("--policy-pack-config", str(file))
    options = ("--engine", engine, *PACK, *config)
    assert "registry-sku-allowed" in clone.run("preview", *options, code=None)
    file.write_text(json.dumps({"all": "disabled"}))
    clone.run("preview", *options)


def test_a_violation_ends_in_exit_code_one_and_is_told_as_json(
    clone: Clone, tmp_path: Path
) -> None:
    file = tmp_path / "rules.json"
    file.write_text(json.dumps({"tags-required": {"required": ["owner"]}}))
    config = ("--policy-pack-config", str(file))
    said = clone.run("preview", "--json", *PACK, *config)
    found = json.loads(said)["policyFindings"]
    assert {(one["policy"], one["enforcementLevel"]) for one in found} == {
        ("tags-required", "advisory")
    }
    rules = {"tags-required": {"required": ["owner"], "enforcementLevel": "mandatory"}}
    file.write_text(json.dumps(rules))
    clone.run("preview", *PACK, *config, code=1)


def test_a_pack_that_is_none_is_wrong_use(clone: Clone) -> None:
    said = clone.run("up", "--yes", "--policy-pack", "app", code=2)
    assert "app is no policy pack that runs here" in said
    assert not (clone.home / "azure").exists()
