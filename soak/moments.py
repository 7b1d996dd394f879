"""Which part is killed when: drawn from a seed, so that a campaign can be repeated."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

Victim = Literal["azure", "engine", "provider", "program", "distribution", "dockerd"]
Phase = Literal["up", "update", "destroy"]
VICTIMS: tuple[Victim, ...] = get_args(Victim)
PHASES: tuple[Phase, ...] = get_args(Phase)
#: A fraction that is so small is not tried again still smaller.
SMALLEST = 0.02
#: Of a destroy no program is part.
IMPOSSIBLE = {("program", "destroy")}


@dataclass(frozen=True)
class Moment:
    """One kill.

    ``fraction`` is the part (0 to 1) of the time in which the victim lives in that
    phase. ``choice`` picks one of several victims. ``detour``: the way on is the less
    usual one, such as `up` after a destroy that was cut off.
    """

    victim: Victim
    phase: Phase
    number: int
    fraction: float
    choice: float
    detour: bool


@dataclass(frozen=True)
class Round:
    """One life of a stack; a phase without a moment goes undisturbed."""

    victim: Victim
    number: int
    moments: tuple[Moment, ...]

    def moment(self, phase: Phase) -> Moment | None:
        return next((one for one in self.moments if one.phase == phase), None)


def earlier(missed: Moment) -> Round | None:
    """Another try where the victim had ended before its moment came."""
    if missed.fraction < SMALLEST:
        return None
    moment = replace(missed, fraction=missed.fraction / 2)
    return Round(missed.victim, missed.number, (moment,))


@dataclass(frozen=True)
class Window:
    """When a victim lives within a phase, in seconds from its start."""

    first: float
    last: float

    def at(self, fraction: float) -> float:
        return self.first + fraction * (self.last - self.first)


def draw(seed: int, victim: Victim, phase: Phase, number: int) -> Moment:
    """The moment of that number, whichever others are drawn."""
    dice = random.Random(f"{seed} {victim} {phase} {number}")  # noqa: S311
    return Moment(
        victim, phase, number, dice.random(), dice.random(), dice.random() < 1 / 3
    )


def rounds(
    seed: int, victims: Sequence[Victim], phases: Sequence[Phase], count: int
) -> list[Round]:
    """``count`` moments of each victim in each phase, the victims in turns."""
    return [
        Round(
            victim,
            number,
            tuple(
                draw(seed, victim, phase, number)
                for phase in phases
                if (victim, phase) not in IMPOSSIBLE
            ),
        )
        for number in range(count)
        for victim in victims
    ]


def short(seed: int, victims: Sequence[Victim], phases: Sequence[Phase]) -> list[Round]:
    """One moment of each victim, spread over the phases: one round for several."""
    found = []
    for index, victim in enumerate(victims):
        possible = [one for one in phases if (victim, one) not in IMPOSSIBLE]
        if possible:
            phase = possible[(seed + index) % len(possible)]
            found.append(Round(victim, 0, (draw(seed, victim, phase, 0),)))
    return found
