"""Asking before something is changed or deleted."""

from __future__ import annotations

import sys

from embedded.errors import CommandError, ConfirmationNeeded


class Declined(CommandError):
    """The user said no: nothing is done."""

    def __init__(self) -> None:
        super().__init__("Declined: nothing was changed.")


def confirm(command: str, question: str) -> None:
    """Return if the user says yes. Raises Declined, ConfirmationNeeded."""
    if not sys.stdin.isatty():
        raise ConfirmationNeeded(command)
    try:
        answer = input(f"{question} (yes/no) ").strip().lower()
    except EOFError:  # Ctrl-D
        answer = ""
        sys.stdout.write("\n")
    if answer not in ("y", "yes"):
        raise Declined
