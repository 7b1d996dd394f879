"""Property paths."""

from __future__ import annotations

from typing import Any

import pytest

from embedded.engine import paths
from embedded.engine.values import Secret


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a", ("a",)),
        ("a.b[0].c", ("a", "b", 0, "c")),
        ('a["x.y"].b', ("a", "x.y", "b")),
        ('["a\\"b"]', ('a"b',)),
        ("a[*].b", ("a", "*", "b")),
        ("*", ("*",)),
    ],
)
def test_a_path_has_its_steps(text: str, steps: tuple[Any, ...]) -> None:
    assert paths.parse(text) == steps


@pytest.mark.parametrize("text", ["a[", "[x]", "a..b", 'a["b'])
def test_text_that_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a property path"):
        paths.parse(text)


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("a.b", "a", True),
        ("a", "a.b", False),
        ("containers[1]", "containers[*].resources", False),
        ("containers[0].resources.cpu", "containers[*].resources", True),
        ("containers[0].image", "containers[*].resources", False),
        ("ab", "a", False),
        ("anything.at[3].all", "*", True),
    ],
)
def test_a_pattern_contains_changes_at_it_and_below(
    path: str, pattern: str, expected: bool
) -> None:
    assert paths.contained(path, [pattern]) is expected


def test_resetting_brings_old_values_back_and_leaves_the_rest() -> None:
    old = {"a": {"b": 1, "c": 2}, "list": [{"x": 1}, {"x": 2}], "gone": 1}
    new = {"a": {"b": 9, "c": 9}, "list": [{"x": 9}, {"x": 9}], "added": 1}
    reset = paths.reset(old, new, ["a.b", "list[*].x", "gone", "added"])
    assert reset == {
        "a": {"b": 1, "c": 9},
        "list": [{"x": 1}, {"x": 2}],
        "gone": 1,
    }
    assert new["a"] == {"b": 9, "c": 9}


def test_a_value_inside_a_secret_is_a_secret() -> None:
    properties = {"a": Secret([{"b": "x"}])}
    assert paths.get(properties, "a[0].b") == Secret("x")
    assert paths.get(properties, "a[1].b") is None
    assert paths.get({"a": 1}, "a.b") is None
