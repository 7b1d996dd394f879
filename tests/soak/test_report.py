"""What a campaign prints."""

from __future__ import annotations

from soak.moments import Moment
from soak.report import Outcome, line, table, verdict, violation


def outcome(
    victim: str = "azure", phase: str = "up", second: float | None = 1.5, *wrong: str
) -> Outcome:
    moment = Moment(victim, phase, 7, 0.5, 0.5, False)  # type: ignore[arg-type]
    return Outcome(moment, second, 1, ("creating x (a:b:C)",), list(wrong))


def test_a_line_tells_victim_phase_moment_and_what_was_pending() -> None:
    words = line(outcome()).split()
    assert words[:6] == ["azure", "up", "7", "at", "1.50", "s"]
    assert "held; pending: creating x (a:b:C)" in line(outcome())


def test_a_violation_tells_how_to_do_it_again() -> None:
    broken = outcome("engine", "destroy", 0.2, "an image is left")
    assert "VIOLATED" in line(broken)
    text = violation(broken, 42, "/logs")
    assert "an image is left" in text
    assert "/logs" in text
    assert "--seed 42 --victim engine --phase destroy --first 7 --moments 1" in text


def test_a_moment_that_came_too_late_counts_as_missed() -> None:
    late = outcome("program", "update", None)
    assert "missed" in line(late)
    assert verdict([late, outcome()]) == (
        "1 kills, 0 violations, 1 came when the victim was not there"
    )


def test_the_table_has_a_row_for_each_victim_that_took_part() -> None:
    text = table(
        [outcome(), outcome("azure", "up", 2.0, "x"), outcome("engine", "destroy")]
    )
    rows = [
        [cell.strip() for cell in one.split("  ") if cell] for one in text.split("\n")
    ]
    assert rows[1] == ["azure", "1 of 2", "-", "-"]
    assert rows[2] == ["engine", "-", "-", "1 of 1"]
    assert len(rows) == 3
