"""The stacks of this project keep the pack's rules: their inputs, made on mocks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi_policy import EnforcementLevel, ResourceValidationPolicy

from policy import pack
from tests.test_program import opened

Judge = Any
PROJECT = Path(__file__).resolve().parents[2]


def inputs(stack: str, **more: Any) -> dict[str, dict[str, Any]]:
    """Inputs by resource type, as the program makes them of a stack's configuration."""
    settings = yaml.safe_load((PROJECT / f"Pulumi.{stack}.yaml").read_text())
    settings = _opened(settings)
    keys = {f"acr-lab:{key}": value for key, value in more.items()}
    config = {
        key.removeprefix("acr-lab:"): one if isinstance(one, str) else json.dumps(one)
        for key, one in {**settings["config"], **keys}.items()
        if key.startswith("acr-lab:")
    }
    program = str(PROJECT / "tests/on_mocks.py")
    command = [sys.executable, program, json.dumps(config)]
    printed = subprocess.check_output(command, cwd=PROJECT, text=True)
    found: dict[str, dict[str, Any]] = opened(json.loads(printed.splitlines()[-1]))
    return found["inputs"]


def _opened(value: Any) -> Any:
    """Some text in place of each encrypted one: an address, because some have to be."""
    if isinstance(value, list):
        return [_opened(one) for one in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"secure"}:
        return "https://hooks.example/sesame"
    return {key: _opened(one) for key, one in value.items()}


def findings(judge: Judge, stack: str, **more: Any) -> list[tuple[str, str, str]]:
    """Type, rule and message of all that is not kept, by rules about one resource."""
    return [
        (type_, rule.name, message)
        for type_, props in inputs(stack, **more).items()
        for rule in pack.RULES
        if isinstance(rule, ResourceValidationPolicy)
        and rule.enforcement_level != EnforcementLevel.DISABLED
        for message in judge(rule.name, props, type_)
    ]


#: What the keys of the image change in the inputs.
IMAGE = {
    "pin": "digest",
    "buildArguments": {"VERSION": "2"},
    "cacheFrom": ["acrlab.azurecr.io/acr-lab/web:1"],
    "imageSource": "https://github.com/me/app",
}


@pytest.mark.parametrize(
    ("stack", "more"),
    [("dev", {}), ("local", {}), ("local-secure", {}), ("local", IMAGE)],
)
def test_a_stack_keeps_every_rule_that_is_not_disabled(
    judge: Judge, stack: str, more: dict[str, Any]
) -> None:
    assert findings(judge, stack, **more) == []


#: The other stacks, and the rules that each of them breaks by what it is for.
BROKEN: dict[str, set[str]] = {
    "local-defaults": {"tags-required"},
    "local-max": {
        "container-group-ports-allowed",
        "container-group-pull-by-identity",
        "container-group-restarts",
        "registry-admin-user-off",
        "registry-anonymous-pull-off",
        "registry-trusted-services",
    },
}


@pytest.mark.parametrize("stack", BROKEN)
def test_a_stack_breaks_no_more_rules_than_it_means_to(
    judge: Judge, stack: str
) -> None:
    assert {rule for _, rule, _ in findings(judge, stack)} == BROKEN[stack]
