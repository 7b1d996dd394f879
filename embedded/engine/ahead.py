"""What takes long and can begin before the engine itself is imported.

The program's process imports the SDK, and the stack's key is derived, while this
process goes on. Nothing of the program runs before all has been checked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from embedded.engine.host import Host


@contextmanager
def host(
    python: Path, directory: Path, environment: Mapping[str, str]
) -> Iterator[Host]:
    """A process for the program; it ends with the block."""
    started = Host(python, directory, {**os.environ, **environment})
    try:
        yield started
    finally:
        started.close()


def key(directory: Path, stack: str, environment: Mapping[str, str]) -> None:
    """Begin to derive the stack's key, if it has one. Raises ProjectInvalid."""
    from embedded.engine import secrets  # the program's process goes first
    from embedded.engine.project import Project, StackSettings

    settings = StackSettings.load(Project.load(directory), stack)
    passphrase = secrets.passphrase({**os.environ, **environment})
    if settings.salt and passphrase is not None:
        secrets.begin(settings.salt, passphrase)
