"""The pack as a whole: every rule says all that a rule must say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pulumi_policy import EnforcementLevel

from policy import pack
from policy.rule import Policy
from policy.secret_texts import looks_secret

PROJECT = Path(__file__).resolve().parents[2]
NAMES = {rule.name for rule in pack.RULES}


def _rules(node: ast.AST) -> set[str]:
    texts = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return {one for one in texts if isinstance(one, str)} & NAMES


def _judgements() -> Iterator[tuple[str, bool]]:
    """Rule, and whether a test has it pass or complain; from the tests' own text."""
    for file in Path(__file__).parent.glob("test_*.py"):
        body = ast.parse(file.read_text()).body
        listed = {
            ast.unparse(one.targets[0]): _rules(one.value)
            for one in body
            if isinstance(one, ast.Assign)
        }
        for test in (one for one in body if isinstance(one, ast.FunctionDef)):
            named = {one.id for one in ast.walk(test) if isinstance(one, ast.Name)}
            rules = _rules(test).union(*(listed.get(one, set()) for one in named))
            for one in ast.walk(test):
                if isinstance(one, ast.Assert):
                    text = ast.unparse(one.test)
                    passes = text.endswith("== []") or text.startswith("not judge")
                    yield from ((rule, passes) for rule in rules)


@pytest.fixture(params=pack.RULES, ids=lambda rule: rule.name)
def rule(request: pytest.FixtureRequest) -> Policy:
    found: Policy = request.param
    return found


def test_there_are_at_least_twenty_rules_and_no_two_share_a_name() -> None:
    names = [rule.name for rule in pack.RULES]
    assert len(names) >= 20
    assert len(set(names)) == len(names)


def test_a_rule_says_what_holds_what_to_change_and_who_says_so(rule: Policy) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)
    assert rule.description.endswith(".")
    assert (rule.remediation_steps or "").endswith(".")
    assert re.match(r"https://(learn\.microsoft|docs\.docker)\.com/", rule.url or "")
    assert isinstance(rule.enforcement_level, EnforcementLevel)


def test_every_key_of_a_configuration_has_type_default_and_description(
    rule: Policy,
) -> None:
    for schema in (
        rule.config_schema.properties if rule.config_schema else {}
    ).values():
        assert {"type", "default", "description"} <= set(schema)


def test_every_rule_is_tested_with_good_and_with_bad_properties(rule: Policy) -> None:
    assert {passes for name, passes in _judgements() if name == rule.name} == {
        True,
        False,
    }


def test_every_file_with_a_rule_is_in_the_pack() -> None:
    files = [
        file
        for file in (PROJECT / "policy").rglob("*.py")
        if "\nRULE = " in file.read_text()
    ]
    assert len(files) == len(pack.RULES)


def test_the_pack_works_in_a_folder_of_another_name(tmp_path: Path) -> None:
    (tmp_path / "my-pack").symlink_to(PROJECT / "policy")
    ask = f"import importlib, sys; sys.path.insert(0, {str(tmp_path)!r}); "
    ask += "print(len(importlib.import_module('my-pack.pack').RULES))"
    printed = subprocess.check_output([sys.executable, "-c", ask], cwd=tmp_path)
    assert int(printed) == len(pack.RULES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("A", "-----BEGIN RSA PRIVATE KEY-----"),
        ("A", "Server=x;Password=y"),
        ("A", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9."),
        ("A", f"https://x/y?sig={'a' * 24}"),
        ("A", f"ghp_{'a' * 36}"),
        ("connection-string", "x"),
        ("githubToken", "x"),
    ],
)
def test_what_looks_like_a_secret_is_seen(name: str, value: str) -> None:
    assert looks_secret(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APP_DIGEST", f"sha256:{'a' * 64}"),
        ("APP_REGISTRY", "localhost:5000"),
        ("TOKENIZER", "fast"),
        ("PASSAGE", "north"),
        ("URL", "https://example.com:8080/a?b=c"),
    ],
)
def test_what_does_not_look_like_a_secret_is_left_alone(name: str, value: str) -> None:
    assert not looks_secret(name, value)
