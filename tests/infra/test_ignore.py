"""The ignore file means what it means to Docker."""

from __future__ import annotations

import pytest

from infra.ignore import Ignore, PatternInvalid


def left(patterns: str, *names: str) -> list[str]:
    """Those of some files at the top that are not ignored."""
    rules = Ignore.parse(patterns)
    return [name for name in names if not rules.ignores(rules.hits(name, None))]


@pytest.mark.parametrize(
    ("patterns", "ignored", "kept"),
    [
        ("# a comment\n\n", [], ["a"]),
        (" # none", ["# none"], ["none"]),
        ("\ufeff*.md", ["a.md"], ["a.mdx"]),
        ("temp?", ["tempa", "tempb"], ["temp", "tempab", "Tempa"]),
        ("**/*.go", ["a.go", "x/y/a.go"], ["a.gob"]),
        ("**.go", ["a.go", "x/y/a.go"], ["a.gob"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "ab"]),
        ("a/**/b", ["a/b", "a/x/y/b"], ["a/bb", "b"]),
        ("*.md\n!README.md", ["a.md"], ["README.md", "x/a.md"]),
        ("*.md\n!README*.md\nREADME-secret.md", ["README-secret.md"], ["README.md"]),
        ("!a\n*", ["a"], []),
        ("./a//b/../c/", ["a/c"], ["a/b"]),
        ("/a\r\n  b  ", ["a", "b"], ["c"]),
        ("[a-c^].txt", ["a.txt", "c.txt", "^.txt"], ["d.txt"]),
        ("[^a-c].txt", ["d.txt"], ["a.txt"]),
        ("[&&~~||].txt", ["&.txt", "|.txt"], ["a.txt"]),
        (r"\*.txt", ["*.txt"], ["a.txt"]),
        (r"[\]a]", ["]", "a"], ["b"]),
        ("a.b+(c){d}$|", ["a.b+(c){d}$|"], ["axb"]),
        ("a*]", ["ab]"], ["ab"]),
    ],
)
def test_a_pattern_means_what_docker_says(
    patterns: str, ignored: list[str], kept: list[str]
) -> None:
    assert left(patterns, *ignored, *kept) == kept


@pytest.mark.parametrize(
    "line", ["[z-a]", "[a", "[]", "[^]", "[-a]", "a\\", "!", "! ", "[a*]", r"\d"]
)
def test_what_docker_refuses_or_reads_as_something_else_is_named(line: str) -> None:
    with pytest.raises(PatternInvalid) as caught:
        Ignore.parse(f"good\n{line}\n")
    assert repr(line.strip()) in str(caught.value)
    assert ".dockerignore" in str(caught.value)
