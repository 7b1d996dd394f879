"""Running the program as a process of its own, as the CLI's language host does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from embedded.engine.events import Events
from embedded.engine.project import Config

CHILD = Path(__file__).with_name("child.py")
#: Seconds that a program gets to end in when its deployment has failed.
PATIENCE = 10.0


@dataclass(frozen=True)
class Program:
    """What to run and how; ``python`` is the program's own interpreter."""

    python: Path
    directory: Path
    main: str
    project: str
    stack: str
    config: Config
    environment: Mapping[str, str]
    parallel: int
    preview: bool

    def command(self, address: str) -> list[str]:
        options = {
            "project": self.project,
            "stack": self.stack,
            "monitor": address,
            "engine": address,
            "directory": str(self.directory),
            "parallel": str(self.parallel),
            "parent": str(os.getpid()),
        }
        pairs = [part for key, value in options.items() for part in (f"--{key}", value)]
        preview = ["--preview"] if self.preview else []
        target = str(self.directory / (self.main or "__main__.py"))
        # -P: modules beside child.py must not hide those of the standard library.
        start = [str(self.python), "-u", "-P", str(CHILD)]
        return [*start, *pairs, *preview, target]

    def variables(self) -> dict[str, str]:
        """The environment, with the configuration where the SDK reads it."""
        return {
            **self.environment,
            "PULUMI_CONFIG": json.dumps(dict(self.config.values)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(sorted(self.config.secret_keys)),
        }


def run(
    program: Program, address: str, events: Events, cancelled: threading.Event
) -> int:
    """The program's exit code. It is killed if it does not end after a failure."""
    process = subprocess.Popen(
        program.command(address),
        cwd=program.directory,
        env=program.variables(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C is the engine's to handle
    )
    watch = threading.Thread(target=_watch, args=(process, cancelled), daemon=True)
    watch.start()
    assert process.stdout is not None
    with process.stdout as lines:
        for line in lines:
            events.output(line.decode(errors="replace").rstrip("\n"))
    return process.wait()


def _watch(process: subprocess.Popen[bytes], cancelled: threading.Event) -> None:
    while process.poll() is None:
        if not cancelled.wait(0.2):
            continue
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            return
