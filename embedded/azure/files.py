"""Files that are there as a whole or not at all, also after a crash."""

from __future__ import annotations

import os
from pathlib import Path


def replace(file: Path, data: bytes, mode: int) -> None:
    """Write a file in one step; one that was there is the old one until then."""
    part = file.with_name(f"{file.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
    part.replace(file)
