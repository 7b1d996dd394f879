"""The page says what the last run has measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import page
from bench.figure import measured, not_measured
from bench.page import BEGIN, END, Results

PROJECT = Path(__file__).resolve().parents[2]
FIGURES = (
    measured("no-op up", [0.4, 0.5, 0.3], "x", 0.5, "1 s to 2 s"),
    not_measured("edit", "no Docker"),
)
RESULTS = Results("One machine.", "2026-01-31", FIGURES)


def test_the_table_in_the_documents_is_that_of_the_kept_results() -> None:
    kept = Results.from_json((PROJECT / "bench/results.json").read_text())
    text = (PROJECT / "docs/performance.md").read_text()
    assert text == page.rewrite(text, kept)


def test_results_come_back_from_json_as_they_were() -> None:
    assert Results.from_json(RESULTS.to_json()) == RESULTS


def test_a_row_has_value_limit_verdict_and_how_it_was_measured() -> None:
    assert page.markdown(RESULTS).splitlines()[2:] == [
        "| figure | value | limit |  | measured |",
        "| --- | --- | --- | --- | --- |",
        "| no-op up | 0.4 x | 0.5 x | met | 1 s to 2 s, 3 samples |",
        "| edit |  |  | not measured: no Docker |  |",
    ]


def test_only_what_is_between_the_markers_is_rewritten() -> None:
    text = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    new = page.rewrite(text, RESULTS)
    assert new.startswith(f"before\n{BEGIN}\nTaken on 2026-01-31. One machine.\n")
    assert new.endswith(f"\n{END}\nafter\n")
    assert "old" not in new
    assert page.rewrite(new, RESULTS) == new


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks the lines"):
        page.rewrite("no markers", RESULTS)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.4567, "x", "0.457 x"),
        (1.0, "s", "1 s"),
        (63.4, "MB", "63 MB"),
        (123.4, "s", "123 s"),
    ],
)
def test_numbers_have_the_digits_that_matter(
    value: float, unit: str, text: str
) -> None:
    assert page.number(value, unit) == text
