"""What a command said: whether it named all that an earlier crash left pending."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from soak.state import Pending

#: The word by which a user finds out.
WORD = "interrupted"


def unnamed(pending: Iterable[Pending], said: str) -> Iterator[str]:
    """Each operation that was pending, and that nothing was said of."""
    told = sections(said)
    for operation in pending:
        subject = f"{operation.type} ({operation.name})"
        if not any(WORD in line for line in told.get(subject, [])):
            yield f"nothing was said of what was pending: {operation}"


def sections(said: str) -> dict[str, list[str]]:
    """Subject -> the lines below it, of the diagnostics of a deployment."""
    found: dict[str, list[str]] = {}
    subject = ""
    inside = False
    for line in said.splitlines():
        if not line.startswith(" "):
            inside = line == "Diagnostics:"
        elif inside and not line.startswith("    ") and line.endswith(":"):
            subject = line.strip().removesuffix(":")
        elif inside:
            found.setdefault(subject, []).append(line.strip())
    return found
