"""Nothing to do: preview and up against the real CLI on the same stack, and by phase.

The CLI is called directly, with the same providers, backend and local Azure: what it
is compared with has no command of ours in front of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from bench.clone import Clone, clone
from bench.figure import ROUNDS, Figure, alternate, measured, ratio, stopwatch
from bench.machine import require, require_docker

TITLE = "no-op preview and up"
LIMIT = 0.5
STACK = ("--stack", "local")


def measure() -> Sequence[Figure]:
    require_docker()
    require("pulumi")
    with clone() as one:
        one.embedded("up", "--yes")
        environment = one.for_the_cli()

        def cli(*arguments: str) -> Callable[[], float]:
            command = ["pulumi", *arguments, *STACK]
            return lambda: timed(lambda: one.run(command, environment))

        def ours(*arguments: str) -> Callable[[], float]:
            return lambda: timed(lambda: one.embedded(*arguments))

        previews = alternate(ours("preview"), cli("preview"))
        ups = alternate(ours("up", "--yes"), cli("up", "--yes"))
        return [
            ratio("no-op preview", previews, LIMIT, "`pulumi preview`"),
            ratio("no-op up", ups, LIMIT, "`pulumi up --yes`"),
            *shares(one),
        ]


def timed(work: Callable[[], object]) -> float:
    with stopwatch() as seconds:
        work()
        return seconds()


def shares(one: Clone) -> list[Figure]:
    """The share of each phase of a no-op up, in percent of the whole command."""
    rows = [phases(one) for _ in range(ROUNDS)]
    whole = [sum(row.values()) for row in rows]
    found = []
    for name in rows[0]:
        parts = [row[name] for row in rows]
        percent = [100 * a / b for a, b in zip(parts, whole, strict=True)]
        basis = f"{sum(parts) / len(parts):.2f} s of {sum(whole) / len(whole):.2f} s"
        found.append(measured(f"no-op up, {name}", percent, "%", None, basis))
    return found


def phases(one: Clone) -> dict[str, float]:
    """Phase -> seconds: what the engine tells, and what is around it."""
    with stopwatch() as seconds:
        told = json.loads(one.embedded("up", "--yes", "--json"))
        whole = seconds()
    inside: dict[str, float] = told["phases"]
    around = {
        "command line, local Azure, the app's answer": whole - sum(inside.values())
    }
    return {**around, **inside}
