"""Whether a piece of an upload begins where the last one ended. Sans-I/O.

OCI distribution specification, "Pushing a blob in chunks". Distribution 2 looks at no
``Content-Range``, and would put the piece where it does not belong.
"""

from __future__ import annotations

import re

_RANGE = re.compile(r"(?P<first>[0-9]+)-(?P<last>[0-9]+)")


def first(content_range: str | None) -> int | None:
    """The number of the first byte of a piece that names it; None of any other."""
    found = _RANGE.fullmatch(content_range or "")
    return int(found["first"]) if found else None


def fits(byte: int, known: str) -> bool:
    """``known`` is the ``Range`` of what is there: 0-0 for no byte and for one."""
    found = _RANGE.fullmatch(known)
    if found is None:
        return True
    last = int(found["last"])
    return byte == last + 1 or (last == 0 and byte == 0)
