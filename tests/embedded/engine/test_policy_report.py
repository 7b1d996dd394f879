"""The section "Policies" as a user reads it."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from embedded.engine import policy_report
from embedded.engine.finding import Finding, Review

URN = "urn:pulumi:local::lab::lab:index:Part$fake:index:Thing::one"
PACK = "pack@v1.0.0"


def shown(*findings: Finding, packs: tuple[str, ...] = (PACK,)) -> list[str]:
    console = Console(file=StringIO(), width=200, soft_wrap=True)
    for line in policy_report.lines(Review(packs, findings)):
        console.print(line, highlight=False)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


def test_a_violation_is_shown_as_the_cli_shows_it() -> None:
    message = "Nothing is big.\nThe [red]one[/red] is."
    finding = Finding(PACK, "no-big", "mandatory", message, URN, "high")
    assert shown(finding) == [
        "",
        "Policies:",
        "    ❌ pack@v1.0.0",
        "        - [mandatory] [severity: high]  no-big  (fake:index:Thing: one)",
        "          Nothing is big.",
        "          The [red]one[/red] is.",
    ]


def test_mandatory_comes_first_then_the_more_severe() -> None:
    lines = shown(
        Finding(PACK, "c", "advisory", "x", URN, "low"),
        Finding(PACK, "b", "advisory", "x", URN, "high"),
        Finding(PACK, "a", "mandatory", "x", URN),
    )
    heads = [line for line in lines if line.startswith("        - ")]
    assert [line.split("  ")[-2] for line in heads] == ["a", "b", "c"]


def test_a_violation_of_the_whole_stack_names_no_resource() -> None:
    lines = shown(Finding(PACK, "few", "advisory", "Too many."))
    assert lines[2:4] == ["    ⚠️ pack@v1.0.0", "        - [advisory]  few"]


def test_remedies_are_counted_and_are_no_violation() -> None:
    other = URN.replace("::one", "::two")
    lines = shown(
        Finding(PACK, "cap", "remediate", "x", URN),
        Finding(PACK, "cap", "remediate", "x", other),
    )
    assert lines[2:] == [
        "    ✅ pack@v1.0.0",
        "        - [remediate]  cap  (2 resources)",
    ]


def test_without_packs_there_is_no_such_section() -> None:
    assert shown(packs=()) == []
