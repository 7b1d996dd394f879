"""What a campaign found, as lines and as a table. Sans-I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from soak.moments import PHASES, VICTIMS, Moment


@dataclass
class Outcome:
    """One moment: ``second`` of the phase at which a process was killed.

    ``second`` None: the victim did not live in that phase any more, or not yet.
    """

    moment: Moment
    second: float | None = None
    code: int | None = None
    pending: tuple[str, ...] = ()
    violations: list[str] = field(default_factory=list)

    @property
    def missed(self) -> bool:
        return self.second is None and not self.violations

    @property
    def word(self) -> str:
        if self.violations:
            return "VIOLATED"
        return "held" if self.second is not None else "missed"


def line(outcome: Outcome) -> str:
    moment = outcome.moment
    when = "not there" if outcome.second is None else f"at {outcome.second:.2f} s"
    ended = "hung" if outcome.code is None else f"exit {outcome.code}"
    pending = f"; pending: {', '.join(outcome.pending)}" if outcome.pending else ""
    return (
        f"{moment.victim:<12} {moment.phase:<8} {moment.number:>3}  "
        f"{when:<11} {ended:<8} {outcome.word}{pending}"
    )


def violation(outcome: Outcome, seed: int, logs: str) -> str:
    """All that is needed to look at it, and to do it again."""
    moment = outcome.moment
    return "\n".join(
        [
            *(f"    {text}" for text in outcome.violations),
            f"    logs: {logs}",
            f"    again: python -m soak --seed {seed} --victim {moment.victim}"
            f" --phase {moment.phase} --first {moment.number} --moments 1",
        ]
    )


def table(outcomes: Sequence[Outcome]) -> str:
    """Held of moments, for each victim and phase."""
    rows = [["", *PHASES]]
    for victim in VICTIMS:
        cells = [_cell([o for o in outcomes if _is(o, victim, p)]) for p in PHASES]
        if any(cells):
            rows.append([victim, *(cell or "-" for cell in cells)])
    return "\n".join("  ".join(f"{cell:<14}" for cell in row).rstrip() for row in rows)


def verdict(outcomes: Sequence[Outcome]) -> str:
    killed = [one for one in outcomes if one.second is not None]
    violated = [one for one in outcomes if one.violations]
    missed = len(outcomes) - len(killed)
    more = f", {missed} came when the victim was not there" if missed else ""
    return f"{len(killed)} kills, {len(violated)} violations{more}"


def _is(outcome: Outcome, victim: str, phase: str) -> bool:
    return (outcome.moment.victim, outcome.moment.phase) == (victim, phase)


def _cell(outcomes: Sequence[Outcome]) -> str:
    if not outcomes:
        return ""
    held = sum(one.word == "held" for one in outcomes)
    missed = sum(one.word == "missed" for one in outcomes)
    return f"{held} of {len(outcomes)}" + (f" ({missed} m.)" if missed else "")
