"""``python -m soak``: kill parts of the project at random moments, and look.

Exit codes: 0 all invariants held; 1 some did not; 2 wrong use; 3 a part is missing.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from soak import docker_engine, report, tree
from soak.campaign import Campaign, NotCalm
from soak.docker_engine import DockerdFailed, PrivateDocker
from soak.moments import PHASES, VICTIMS, Round, Victim, rounds, short


def main(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    # Whoever ends a campaign, by hand or not: what it made is taken away.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    say(f"Seed {options.seed}")
    missing = docker_engine.why_not()
    if missing and not docker_engine.answers(None):
        say(f"error: no Docker Engine answers, and {missing}")
        return 3
    try:
        with campaign(options, private=missing is None) as made:
            return run(made, planned(options, missing))
    except (NotCalm, DockerdFailed) as error:
        say(f"error: {error}")
        return 3
    except KeyboardInterrupt:
        say("interrupted")
        return 1


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m soak", allow_abbrev=False)
    made.add_argument(
        "--seed", type=int, default=int(time.time()), help="default: the time"
    )
    made.add_argument(
        "--moments",
        type=int,
        default=20,
        metavar="N",
        help="of each victim in each phase; default: 20",
    )
    made.add_argument(
        "--first", type=int, default=0, metavar="N", help="number of the first moment"
    )
    made.add_argument("--victim", choices=VICTIMS, action="append", help="default: all")
    made.add_argument("--phase", choices=PHASES, action="append", help="default: all")
    made.add_argument(
        "--short",
        action="store_true",
        help="one moment of each victim, spread over the phases",
    )
    made.add_argument(
        "--logs",
        type=Path,
        default=Path("soak-logs"),
        metavar="FOLDER",
        help="where the logs of violations are kept; default: soak-logs",
    )
    return made


def planned(options: argparse.Namespace, missing: str | None) -> list[Round]:
    """The rounds that can be played here; what cannot is named."""
    victims: list[Victim] = options.victim or list(VICTIMS)
    phases = options.phase or list(PHASES)
    if missing and "dockerd" in victims:
        say(f"dockerd is skipped: {missing}")
        victims = [one for one in victims if one != "dockerd"]
    if options.short:
        return short(options.seed, victims, phases)
    last = options.first + options.moments
    found = rounds(options.seed, victims, phases, last)
    return [one for one in found if one.number >= options.first]


def run(made: Campaign, lives: list[Round]) -> int:
    start = time.monotonic()
    made.learn()
    made.run(lives)
    say(f"\n{report.table(made.outcomes)}\n")
    minutes = (time.monotonic() - start) / 60
    say(f"{report.verdict(made.outcomes)}, in {minutes:.1f} minutes, seed {made.seed}")
    return 1 if any(one.violations for one in made.outcomes) else 0


@contextmanager
def campaign(options: argparse.Namespace, *, private: bool) -> Iterator[Campaign]:
    """With an engine of its own where that is possible; at the end all is gone."""
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    engine = PrivateDocker(folder / "docker") if private else None
    try:
        if engine is not None:
            engine.start()
            with docker_engine.connect(None) as source:
                engine.load(tree.base_image(), source)
        yield Campaign(folder, engine, say, options.logs.resolve(), options.seed)
    finally:
        if engine is not None:
            engine.remove()
        shutil.rmtree(folder, ignore_errors=True)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
