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

Judge = Any
PROJECT = Path(__file__).resolve().parents[2]


def inputs(stack: str, **more: Any) -> dict[str, dict[str, Any]]:
    """Inputs by resource type, as the program makes them of a stack's configuration."""
    settings = yaml.safe_load((PROJECT / f"Pulumi.{stack}.yaml").read_text())
    keys = {f"acr-lab:{key}": value for key, value in more.items()}
    config = {
        key.removeprefix("acr-lab:"): one if isinstance(one, str) else json.dumps(one)
        for key, one in {**settings["config"], **keys}.items()
        if key.startswith("acr-lab:")
    }
    program = str(PROJECT / "tests/on_mocks.py")
    command = [sys.executable, program, json.dumps(config)]
    printed = subprocess.check_output(command, cwd=PROJECT, text=True)
    found: dict[str, dict[str, Any]] = json.loads(printed.splitlines()[-1])["inputs"]
    return found


#: What the keys of the image change in the inputs.
IMAGE = {
    "pin": "digest",
    "buildArguments": {"VERSION": "2"},
    "cacheFrom": ["acrlab.azurecr.io/acr-lab/web:1"],
    "imageSource": "https://github.com/me/app",
}


@pytest.mark.parametrize(
    ("stack", "more"), [("dev", {}), ("local", {}), ("local", IMAGE)]
)
def test_a_stack_keeps_every_rule_that_is_not_disabled(
    judge: Judge, stack: str, more: dict[str, Any]
) -> None:
    said = [
        (type_, rule.name, message)
        for type_, props in inputs(stack, **more).items()
        for rule in pack.RULES
        if isinstance(rule, ResourceValidationPolicy)
        and rule.enforcement_level != EnforcementLevel.DISABLED
        for message in judge(rule.name, props, type_)
    ]
    assert said == []
