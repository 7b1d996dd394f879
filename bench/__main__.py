"""``python -m bench [NAME …]``: take the figures; all of them are kept."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from types import ModuleType

from rich.console import Console

from bench import arm, edit, fresh, group, machine, noop, page, push, start, token
from bench.figure import Figure, NotMeasurable, not_measured
from bench.page import Results
from embedded.home import PROJECT

SCRIPTS: dict[str, ModuleType] = {
    "edit": edit,
    "noop": noop,
    "start": start,
    "group": group,
    "arm": arm,
    "push": push,
    "token": token,
    "fresh": fresh,
}
RESULTS = PROJECT / "bench" / "results.json"
PAGE = PROJECT / "docs" / "performance.md"


def main() -> int:
    """0, also where a limit is missed: the table says so."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SCRIPTS))
    names = parser.parse_args().names
    unknown = sorted(set(names) - set(SCRIPTS))
    if unknown:
        parser.error(f"no figure {', '.join(unknown)}; there are {', '.join(SCRIPTS)}")
    machine.find_packages()
    figures = take(names or list(SCRIPTS))
    Console().print(page.table(figures))
    if not names:
        keep(figures)
    return 0


def take(names: Sequence[str]) -> list[Figure]:
    found: list[Figure] = []
    for name in names:
        script = SCRIPTS[name]
        sys.stderr.write(f"{name}: {script.TITLE}\n")
        try:
            found += script.measure()
        except NotMeasurable as reason:
            found.append(not_measured(script.TITLE, str(reason)))
    return found


def keep(figures: Sequence[Figure]) -> None:
    """Write the JSON, and the page's table out of it."""
    today = datetime.now(UTC).date().isoformat()
    results = Results(machine.describe(), today, tuple(figures))
    RESULTS.write_text(results.to_json())
    PAGE.write_text(page.rewrite(PAGE.read_text(), results))
    sys.stderr.write(f"written: {RESULTS} and {PAGE}\n")


if __name__ == "__main__":
    sys.exit(main())
