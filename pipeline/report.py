"""The folder that a job leaves: for each command its log of events and its words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import events
from pipeline.events import Told

#: In the order in which they run.
COMMANDS = ("preview", "up", "destroy")
#: A stack's name; it is part of the marker that finds the comment again.
STACK = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
#: What the embedded Azure goes through; in Azure a pull request has a preview only.
ALL_COMMANDS = "local"


@dataclass(frozen=True)
class Phase:
    """One command. ``told`` is None when it did not begin."""

    command: str
    told: Told | None
    words: str

    @property
    def passed(self) -> bool:
        return self.told is not None and self.told.result == "succeeded"


@dataclass(frozen=True)
class Report:
    stack: str
    phases: tuple[Phase, ...]

    @property
    def passed(self) -> bool:
        return all(one.passed for one in self.phases)


class StackNameRefused(ValueError):
    """The name of a stack could be something else than a name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is no name of a stack: {STACK.pattern}")


def of_folder(stack: str, folder: Path, commands: Sequence[str] = ()) -> Report:
    """``commands`` as in ``of_files``. Raises StackNameRefused."""
    names = (f"{one}.{end}" for one in COMMANDS for end in ("events", "txt"))
    paths = {name: folder / name for name in names}
    files = {name: path for name, path in paths.items() if path.is_file()}
    texts = {name: one.read_text(errors="replace") for name, one in files.items()}
    return of_files(stack, texts, commands)


def of_files(
    stack: str, files: Mapping[str, str], commands: Sequence[str] = ()
) -> Report:
    """``files``: name -> text, such as ``preview.events``.

    ``commands``: those that should have run; by default those of a pull request.
    Raises StackNameRefused.
    """
    if STACK.fullmatch(stack) is None:
        raise StackNameRefused(stack)
    expected = commands or (COMMANDS if stack == ALL_COMMANDS else COMMANDS[:1])
    return Report(stack, tuple(_phase(command, files) for command in expected))


def _phase(command: str, files: Mapping[str, str]) -> Phase:
    log = files.get(f"{command}.events")
    told = None if log is None else events.read(log)
    return Phase(command, told, files.get(f"{command}.txt", ""))
