"""The files of an artifact, which a stranger may have made: read in memory only."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib

from pipeline.report import COMMANDS

#: Bytes of an artifact, and of each file in it. What is longer is cut.
LONGEST = 20_000_000
LONGEST_FILE = 5_000_000
NAMES = frozenset(f"{one}.{end}" for one in COMMANDS for end in ("events", "txt"))
#: All that a ZIP file can be: cut off, changed, encrypted, of an exotic method.
DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


class ArtifactDamaged(Exception):
    """It is no ZIP file that can be read."""


def files(archive: bytes) -> dict[str, str]:
    """Name -> text of the files that a report is made of; others are not looked at.

    Raises ArtifactDamaged.
    """
    found: dict[str, str] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            for name in NAMES.intersection(opened.namelist()):
                with opened.open(name) as file:
                    found[name] = file.read(LONGEST_FILE).decode(errors="replace")
    except DAMAGES as error:
        raise ArtifactDamaged(f"The artifact cannot be read: {error}") from error
    return found
