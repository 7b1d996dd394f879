"""Medians, ratios and verdicts."""

from __future__ import annotations

import pytest

from bench.figure import alternate, measured, not_measured, ratio


def test_the_value_is_the_median_of_the_samples() -> None:
    assert measured("x", [3.0, 1.0, 9.0], "s", None, "").value == 3.0


def test_a_ratio_is_the_median_of_the_ratios_of_neighbours() -> None:
    # The machine was ten times slower in the second round, for both sides.
    pairs = [(1.0, 2.0), (12.0, 20.0), (1.4, 2.0)]
    figure = ratio("x", pairs, 0.65, "`other`")
    assert figure.value == pytest.approx(0.6)
    assert figure.samples == pytest.approx((0.5, 0.6, 0.7))
    assert figure.basis == "1.40 s to 2.00 s of `other`"


@pytest.mark.parametrize(
    ("value", "limit", "verdict"),
    [(1.3, 1.3, "met"), (1.31, 1.3, "missed"), (9.0, None, "")],
)
def test_a_limit_is_the_largest_good_value(
    value: float, limit: float | None, verdict: str
) -> None:
    assert measured("x", [value], "s", limit, "").verdict == verdict


def test_what_was_not_measured_gives_its_reason() -> None:
    figure = not_measured("x", "no `pulumi` on PATH")
    assert figure.verdict == "not measured: no `pulumi` on PATH"


def test_the_two_sides_take_turns_after_one_round_that_does_not_count() -> None:
    calls: list[str] = []

    def side(name: str) -> int:
        calls.append(name)
        return len(calls)

    pairs = alternate(lambda: side("a"), lambda: side("b"), 2)
    assert calls == ["a", "b", "a", "b", "a", "b"]
    assert pairs == [(3, 4), (5, 6)]
