"""Which moments a seed gives."""

from __future__ import annotations

from dataclasses import replace

from soak.moments import (
    PHASES,
    VICTIMS,
    Window,
    draw,
    earlier,
    rounds,
    short,
)


def test_a_seed_gives_the_same_moments_again() -> None:
    assert rounds(3, VICTIMS, PHASES, 4) == rounds(3, VICTIMS, PHASES, 4)
    assert rounds(3, VICTIMS, PHASES, 4) != rounds(4, VICTIMS, PHASES, 4)


def test_a_moment_is_the_same_whichever_others_are_drawn() -> None:
    whole = [m for one in rounds(3, VICTIMS, PHASES, 5) for m in one.moments]
    (alone,) = rounds(3, ["engine"], ["update"], 5)[4].moments
    assert alone in whole
    assert alone == draw(3, "engine", "update", 4)


def test_each_victim_has_its_moments_in_each_phase() -> None:
    drawn = [m for one in rounds(1, VICTIMS, PHASES, 20) for m in one.moments]
    for victim in VICTIMS:
        for phase in PHASES:
            count = sum((m.victim, m.phase) == (victim, phase) for m in drawn)
            # A destroy runs no program.
            assert count == (0 if (victim, phase) == ("program", "destroy") else 20)


def test_moments_lie_all_over_the_phase() -> None:
    fractions = [draw(1, "azure", "up", number).fraction for number in range(100)]
    assert all(0 <= one < 1 for one in fractions)
    assert {int(one * 5) for one in fractions} == {0, 1, 2, 3, 4}


def test_a_window_turns_a_fraction_into_seconds() -> None:
    window = Window(2.0, 6.0)
    assert [window.at(one) for one in (0, 0.5, 1)] == [2.0, 4.0, 6.0]


def test_a_short_run_kills_each_victim_once_in_all_phases_together() -> None:
    lives = short(1, VICTIMS, PHASES)
    assert [one.victim for one in lives] == list(VICTIMS)
    moments = [moment for one in lives for moment in one.moments]
    assert len(moments) == len(VICTIMS)
    assert {moment.phase for moment in moments} == set(PHASES)


def test_a_short_run_leaves_out_what_cannot_be() -> None:
    assert short(1, ["program"], ["destroy"]) == []


def test_a_moment_that_came_too_late_is_tried_again_earlier() -> None:
    moment = draw(1, "program", "up", 3)
    again = earlier(moment)
    assert again is not None
    (tried,) = again.moments
    assert tried == replace(moment, fraction=moment.fraction / 2)
    assert earlier(replace(moment, fraction=0.001)) is None
