"""`make up` from nothing, read off what the set-up noted."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import fresh
from bench.figure import NotMeasurable
from embedded.home import Home
from embedded.machine.durations import measured, note, read

DONE = {"environment": 40.0, "engine": 21.5, "base image": 6.0, "deployment": 8.5}


def test_each_phase_and_the_sum_are_told() -> None:
    rows = fresh.figures({"up": DONE})
    assert [one.value for one in rows] == [40.0, 21.5, 6.0, 8.5, 76.0]
    assert {one.basis for one in rows} == {"once, by `make up`", "sum"}


def test_what_another_command_set_up_says_so() -> None:
    known = {"test": DONE, "up": {"environment": 0.2, "deployment": 9.0}}
    rows = fresh.figures(known)
    assert [one.basis for one in rows][:2] == ["once, by `make test`"] * 2
    assert (rows[3].value, rows[3].basis) == (9.0, "once, by `make up`")


def test_what_was_there_before_is_not_measured_and_gives_no_sum() -> None:
    rows = fresh.figures({"up": {**DONE, "engine": 0.01}})
    assert rows[1].verdict == "not measured: it was there before"
    assert len(rows) == len(fresh.PHASES)


def test_a_machine_that_nobody_noted_anything_of_has_no_figure() -> None:
    with pytest.raises(NotMeasurable):
        fresh.figures({})


def test_the_longest_time_of_a_phase_is_kept(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with measured(home, "up", "engine"):
        pass
    note(home, "up", "engine", 12.0)
    note(home, "up", "engine", 0.1)
    note(home, "test", "engine", 0.2)
    assert read(home) == {"up": {"engine": 12.0}, "test": {"engine": 0.2}}


def test_notes_of_an_older_form_count_as_none(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.durations_file.write_text('{"engine": 5.48, "base image": 0.01}')
    assert read(home) == {}
