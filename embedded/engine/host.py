"""Running the program as a process of its own, as the CLI's language host does.

The process is started before it is known what to run: importing the SDK takes it some
tenths of a second, in which the engine reads the state. Nothing of the program itself
runs until it is told to.
"""

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
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the engine's own imports are what this must not wait for
    from embedded.engine.events import Events
    from embedded.engine.project import Config

CHILD = Path(__file__).with_name("child.py")
#: Seconds that a program gets to end in when its deployment has failed.
PATIENCE = 10.0
#: The exit code of a program that refuses its configuration.
MISCONFIGURED = 2


@dataclass(frozen=True)
class Program:
    """What to run, and with what; ``environment`` is all that it sees of it."""

    directory: Path
    main: str
    project: str
    stack: str
    config: Config
    environment: Mapping[str, str]
    parallel: int
    preview: bool

    def order(self, address: str) -> dict[str, Any]:
        """What ``child.Order`` reads."""
        return {
            "program": str(self.directory / (self.main or "__main__.py")),
            "directory": str(self.directory),
            "project": self.project,
            "stack": self.stack,
            "address": address,
            "parallel": self.parallel,
            "preview": self.preview,
            "environment": self.variables(),
        }

    def variables(self) -> dict[str, str]:
        """The environment, with the configuration where the SDK reads it."""
        return {
            **self.environment,
            "PULUMI_CONFIG": json.dumps(dict(self.config.values)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(sorted(self.config.secret_keys)),
        }


class Host:
    """One process for one program; ``python`` is the program's own interpreter."""

    def __init__(
        self, python: Path, directory: Path, environment: Mapping[str, str]
    ) -> None:
        # -P: modules beside child.py must not hide those of the standard library.
        self._process = subprocess.Popen(
            [str(python), "-u", "-P", str(CHILD), str(os.getpid())],
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is the engine's to handle
        )

    def run(
        self,
        program: Program,
        address: str,
        events: Events,
        cancelled: threading.Event,
    ) -> int:
        """The program's exit code. It is killed if it does not end after a failure."""
        process = self._process
        watch = threading.Thread(target=_watch, args=(process, cancelled), daemon=True)
        watch.start()
        self._tell(program.order(address))
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                events.output(line.decode(errors="replace").rstrip("\n"))
        return process.wait()

    def close(self) -> None:
        """End it if it was not told to run anything."""
        if self._process.returncode is None:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def _tell(self, order: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        # A process that was killed meanwhile is found out by its exit code.
        with suppress(BrokenPipeError), self._process.stdin as pipe:
            pipe.write(json.dumps(order).encode())


def _watch(process: subprocess.Popen[bytes], cancelled: threading.Event) -> None:
    while process.poll() is None:
        if not cancelled.wait(0.2):
            continue
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            return
