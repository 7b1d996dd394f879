"""The committed stacks: told as they are, and with no secret in plain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.settings.reader import NAMESPACE, SECRET_KEYS

PROJECT = Path(__file__).resolve().parent.parent
STACKS = {
    file.name.split(".")[1]: yaml.safe_load(file.read_text())
    for file in PROJECT.glob("Pulumi.*.yaml")
}
#: Fields of structured keys that hold secrets; an address only if it has a query.
SECRET_FIELDS = {"accessToken", "headers", "secret", "secureEnvironment"}


def secrets(value: Any, inside: bool = False) -> Iterator[Any]:
    """All that must be encrypted below a value."""
    if isinstance(value, dict) and set(value) == {"secure"}:
        return
    if isinstance(value, dict):
        for key, one in value.items():
            yield from secrets(one, inside or key in SECRET_FIELDS)
    elif isinstance(value, list):
        for one in value:
            yield from secrets(one, inside)
    elif inside or re.search(r"https?://.*\?", str(value)):
        yield value


def test_every_stack_is_told_and_the_reverse() -> None:
    page = (PROJECT / "docs" / "stacks.md").read_text()
    rows = page.partition("| stack |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `([\w-]+)` \|", rows, re.M)) == set(STACKS)


@pytest.mark.parametrize("stack", STACKS)
def test_no_secret_of_a_stack_is_in_plain(stack: str) -> None:
    for key, value in STACKS[stack]["config"].items():
        secret = key.removeprefix(f"{NAMESPACE}:") in SECRET_KEYS
        assert list(secrets(value, secret)) == [], key


def test_the_defaults_are_set_by_no_key() -> None:
    assert set(STACKS["local-defaults"]["config"]) == {"azure-native:location"}
