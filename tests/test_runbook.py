"""The runbook quotes what is really said: each code and message is in the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from embedded.azure import errors
from tests.test_links import PROJECT, text

#: Who says it -> the folders that are searched for its words.
SPEAKERS = {"program": "infra", "embedded": "embedded", "pipeline": "pipeline"}
OTHERS = {"Azure", "both Azures", "Docker", "Entra", "GitHub", "Pulumi CLI", ""}
CODE = re.compile(r"[A-Z][a-z]+[A-Za-z]+")


def rows() -> Iterator[tuple[str, list[str]]]:
    """Speaker and what stands between backticks, of each row with a symptom."""
    for line in text("docs/runbook.md").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 4 and cells[0] != "what you see":
            yield cells[1], re.findall(r"`([^`]+)`", cells[0])


@cache
def codes() -> set[str]:
    """Those of all refusals of the embedded Azure."""
    found = set()
    for file in (PROJECT / "embedded" / "azure").rglob("*.py"):
        found |= set(re.findall(r'^    code = "(\w+)"', file.read_text(), re.M))
    return found | {errors.ArmError.code}


@cache
def sentences(folder: str) -> list[str]:
    """All texts of the code; what is filled in is `…`."""
    found = []
    for file in (PROJECT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value.replace("`", ""))
            elif isinstance(node, ast.JoinedStr):
                found.append("".join(map(_part, node.values)).replace("`", ""))
    return found


def _part(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else "…"


def is_said(quoted: str, folder: str) -> bool:
    form = ".*".join(re.escape(one) for one in quoted.split("…"))
    return any(re.search(form, one, re.S) for one in sentences(folder))


def test_every_row_says_who_speaks() -> None:
    assert {speaker for speaker, _ in rows()} == {*SPEAKERS, *OTHERS, "---"}


def test_a_code_of_both_azures_is_one_of_the_embedded_azure() -> None:
    told = [one for who, quoted in rows() if who == "both Azures" for one in quoted]
    quoted = {one for one in told if CODE.fullmatch(one)}
    assert len(quoted) > 15
    assert quoted <= codes()


def test_a_code_of_azure_alone_is_not_one_of_the_embedded_azure() -> None:
    told = [one for who, quoted in rows() if who == "Azure" for one in quoted]
    quoted = {one for one in told if CODE.fullmatch(one)}
    assert quoted
    assert not quoted & codes()


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_what_we_say_is_quoted_as_it_is(speaker: str) -> None:
    told = [one for who, quoted in rows() if who == speaker for one in quoted]
    assert told
    for one in told:
        code = CODE.fullmatch(one) and one in codes()
        assert code or is_said(one, SPEAKERS[speaker]), one
