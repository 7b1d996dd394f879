"""The documents say what is there, and what is there is in the documents."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.cli import parser
from embedded.engine.monitor import UNSUPPORTED
from embedded.providers.azure_native.types import TYPES
from infra import document as configuration
from infra import tiers
from infra.instance import FIXED
from infra.rules import Rule
from infra.settings import access, image, network, pullers, volumes
from policy import document

PROJECT = Path(__file__).resolve().parent.parent


def text(name: str) -> str:
    return (PROJECT / name).read_text()


def table(document: str, head: str) -> list[list[str]]:
    """The cells of the table whose first header is the given word."""
    lines = text(document).splitlines()
    start = next(i for i, one in enumerate(lines) if one.startswith(f"| {head} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def names(rows: list[list[str]]) -> list[str]:
    return [row[0].strip("`") for row in rows]


def commands(top: argparse.ArgumentParser, before: str = "") -> Iterator[str]:
    actions = [
        one for one in top._actions if isinstance(one, argparse._SubParsersAction)
    ]
    if not actions:
        yield before.strip()
    for action in actions:
        for name, sub in action.choices.items():
            yield from commands(sub, f"{before} {name}")


def test_every_target_of_the_makefile_is_in_the_readme_and_the_reverse() -> None:
    targets = re.findall(r"^([a-z]+): *##", text("Makefile"), re.MULTILINE)
    told = [name.removeprefix("make ") for name in names(table("README.md", "command"))]
    assert sorted(told) == sorted(set(targets) - {"help"})


def test_every_configuration_key_and_output_is_told() -> None:
    # To mend it: python -m infra.document docs/configuration.md
    told = text("docs/configuration.md")
    assert told == configuration.rewritten(told)
    assert configuration.UNTOLD not in told
    assert names(table("docs/configuration.md", "key")) == list(configuration.keys())
    rows = table("docs/configuration.md", "output")
    assert names(rows) == configuration.outputs() != []
    assert all(words for _, words in rows)


def test_every_command_is_told_and_the_reverse() -> None:
    told = names(table("embedded/README.md", "command"))
    assert sorted(told) == sorted(commands(parser()))


def test_the_rules_of_the_policy_pack_are_told_as_they_are() -> None:
    # To mend it: python -m policy.document docs/policies.md
    told = text("docs/policies.md")
    assert told == document.rewritten(told)


def test_the_table_of_tiers_is_told_as_it_is() -> None:
    # To mend it: python -m infra.tiers docs/registry.md
    told = text("docs/registry.md")
    assert told == tiers.rewritten(told)


@pytest.mark.parametrize(
    ("document", "head", "rule"),
    [
        ("docs/pullers.md", "`system`", pullers.SYSTEMS),
        ("docs/image.md", "`pin`", image.PIN),
        ("docs/image.md", "`platform`", image.PLATFORM),
        ("docs/sign-in.md", "`pullAuth`", access.PULL),
        ("docs/sign-in.md", "`push`", access.PUSH),
        ("docs/sign-in.md", "`permissionMode`", access.MODE),
        ("docs/instance.md", "`ipAddress`", network.ADDRESS),
    ],
)
def test_every_choice_has_its_row(
    document: str, head: str, rule: Rule[str | None]
) -> None:
    told = names(table(document, head))
    assert rule.allowed == f"one of {', '.join(told)}"


def test_the_keys_that_are_refused_by_name_are_told_and_are_no_keys() -> None:
    told = names(table("docs/image.md", "refused key"))
    assert told == list(image.REFUSED)
    assert not set(told) & set(configuration.keys())


def test_what_replaces_a_group_is_told_and_what_does_not() -> None:
    rows = table("docs/instance.md", "property")
    told = {
        name: change.startswith("replaces")
        for what, change, _ in rows
        for name in re.findall("`([^`]+)`", what)
    }
    assert set(FIXED) == {name for name, replaces in told.items() if replaces}


def test_every_kind_of_volume_is_told() -> None:
    assert names(table("docs/instance.md", "kind")) == list(volumes.KINDS)


def test_what_the_engine_refuses_is_told() -> None:
    told = names(table("embedded/README.md", "what"))
    assert set(UNSUPPORTED.values()) <= {
        re.sub(r"^the option `?(\w+)`?$", r"the option `\1`", one) for one in told
    }


def test_the_types_of_the_provider_are_told() -> None:
    for row in TYPES:
        assert row.token.split(":")[1] in text("embedded/README.md")


def test_every_variable_that_is_told_is_read() -> None:
    sources = "".join(
        one.read_text()
        for folder in ("embedded", "infra")
        for one in (PROJECT / folder).rglob("*.py")
    )
    for variable in names(table("embedded/README.md", "variable")):
        assert variable in sources, variable
