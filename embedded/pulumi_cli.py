"""Deploying with the real Pulumi CLI: the same commands, passed on to it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from embedded.home import PROJECT


class PulumiCli:
    """One stack, deployed by the `pulumi` on PATH.

    ``environment`` is what the CLI gets beside its own; it decides the backend and the
    cloud.
    """

    def __init__(self, stack: str, environment: Mapping[str, str]) -> None:
        self._stack = stack
        # --event-log is one of the CLI's options for debugging.
        shown = {"PULUMI_DEBUG_COMMANDS": "true"}
        self._environment = {**os.environ, **shown, **environment}

    def deploy(self, kind: str, options: Sequence[str]) -> int:
        """Run `pulumi KIND`; its exit code."""
        self._select()
        return self._run([kind, "--stack", self._stack, *options])

    def outputs(self, *, show_secrets: bool) -> dict[str, object]:
        command = ["stack", "output", "--json", "--stack", self._stack]
        shown = ["--show-secrets"] if show_secrets else []
        text = self._read([*command, *shown])
        found: dict[str, object] = json.loads(text) if text.strip() else {}
        return found

    def export(self) -> str:
        return self._read(["stack", "export", "--stack", self._stack])

    def import_(self, text: str) -> int:
        self._select()
        command = ["pulumi", "stack", "import", "--stack", self._stack]
        done = subprocess.run(
            command,
            check=False,
            cwd=PROJECT,
            env=self._environment,
            input=text,
            text=True,
        )
        return done.returncode

    def _select(self) -> None:
        """Make the stack if it is new. (An error shows in the command that follows.)"""
        command = ["pulumi", "stack", "select", "--create", self._stack]
        subprocess.run(
            command,
            check=False,
            cwd=PROJECT,
            env=self._environment,
            stdout=subprocess.DEVNULL,
        )

    def _run(self, arguments: Sequence[str]) -> int:
        command = ["pulumi", *arguments]
        with _interrupts_left_alone():
            done = subprocess.run(
                command, check=False, cwd=PROJECT, env=self._environment
            )
        return done.returncode

    def _read(self, arguments: Sequence[str]) -> str:
        done = subprocess.run(
            ["pulumi", *arguments],
            check=False,
            cwd=PROJECT,
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            sys.exit(done.returncode)
        return done.stdout


@contextmanager
def _interrupts_left_alone() -> Iterator[None]:
    """Ctrl-C is for the CLI, which gets it too: it lets steps end, and unlocks.

    ``subprocess.run`` would kill it a moment later. What is ignored altogether would
    be so for the CLI as well, so this is a handler that does nothing.
    """
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
