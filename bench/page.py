"""The figures as a table: on the terminal, in JSON, and in ``docs/performance.md``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table

from bench.figure import Figure

BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
HEAD = ("figure", "value", "limit", "", "measured")


@dataclass(frozen=True)
class Results:
    """One run. ``machine`` describes where, ``taken`` is the day (UTC)."""

    machine: str
    taken: str
    figures: tuple[Figure, ...]

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Results:
        body: dict[str, Any] = json.loads(text)
        rows = [{**one, "samples": tuple(one["samples"])} for one in body["figures"]]
        figures = tuple(Figure(**row) for row in rows)
        return cls(body["machine"], body["taken"], figures)


def number(value: float | None, unit: str) -> str:
    """Three digits that matter: ``0.46 x``, ``12.3 s``, ``85 MB``."""
    if value is None:
        return ""
    text = f"{value:.0f}" if value >= 100 or unit == "MB" else f"{value:.3g}"
    return f"{text} {unit}"


def row(figure: Figure) -> tuple[str, ...]:
    """The cells of one figure, in the order of ``HEAD``."""
    limit = number(figure.limit, figure.unit)
    count = f", {len(figure.samples)} samples" if len(figure.samples) > 1 else ""
    basis = f"{figure.basis}{count}"
    return figure.name, number(figure.value, figure.unit), limit, figure.verdict, basis


def markdown(results: Results) -> str:
    """What stands between the two markers of the page."""
    lines = [f"Taken on {results.taken}. {results.machine}", ""]
    lines += [_line(HEAD), _line(["---"] * len(HEAD))]
    lines += [_line(row(figure)) for figure in results.figures]
    return "\n".join(lines)


def rewrite(page: str, results: Results) -> str:
    """The page with the table of this run. Raises ValueError without its markers."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{markdown(results)}\n{END}{after}"


def table(figures: Iterable[Figure]) -> Table:
    made = Table(*HEAD)
    for figure in figures:
        style = "red" if figure.verdict == "missed" else ""
        made.add_row(*row(figure), style=style)
    return made


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
