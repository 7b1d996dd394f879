"""Where the embedded part keeps what it makes. Standard library only.

One folder, ``.embedded/`` in the project or ``EMBEDDED_HOME``: removing it removes all.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

#: The folder of ``Pulumi.yaml`` and ``__main__.py``.
PROJECT = Path(__file__).resolve().parent.parent
#: The executables of the bundled providers.
PROVIDERS = PROJECT / "embedded" / "providers" / "bin"


@dataclass(frozen=True)
class Home:
    """The folder and the names inside it."""

    root: Path

    @classmethod
    def find(cls, environment: Mapping[str, str] = os.environ) -> Home:
        """``EMBEDDED_HOME``, else ``.embedded`` in the project."""
        chosen = environment.get("EMBEDDED_HOME")
        return cls(Path(chosen).resolve() if chosen else PROJECT / ".embedded")

    @property
    def azure(self) -> Path:
        """What the local Azure keeps: store, certificates, registry data."""
        return self.root / "azure"

    @property
    def state(self) -> Path:
        """The Pulumi file backend of the local stacks."""
        return self.root / "state"

    @property
    def pulumi(self) -> Path:
        """PULUMI_HOME of the real CLI when it runs a local stack."""
        return self.root / "pulumi"

    @property
    def packages(self) -> Path:
        """Debian packages that are unpacked here and not installed."""
        return self.root / "packages"

    @property
    def machine_file(self) -> Path:
        """What the set-up of the machine found or made (JSON)."""
        return self.root / "machine.json"

    @property
    def durations_file(self) -> Path:
        """How long the phases of the set-up took (JSON)."""
        return self.root / "durations.json"

    def log(self, name: str) -> Path:
        """A log file; its folder exists after the call."""
        folder = self.root / "logs"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / f"{name}.log"
