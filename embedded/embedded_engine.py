"""Deploying with the embedded engine: the counterpart of ``pulumi_cli``."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console

from embedded.engine import deployment, features, state, urn
from embedded.engine.deployment import Kind, Request, Result
from embedded.engine.display import Display, Quiet
from embedded.engine.errors import StateDamaged
from embedded.engine.event_log import EventLog
from embedded.engine.events import Events
from embedded.engine.host import Host
from embedded.engine.policy_settings import PackSource
from embedded.engine.stack import Stack
from embedded.engine.values import Properties, mask, unwrap
from embedded.home import PROJECT, PROVIDERS


class EmbeddedEngine:
    """One stack, deployed in this process. ``environment`` goes on top of our own.

    ``host``: a process that was started ahead, for the first program that is run.
    """

    def __init__(
        self,
        stack: str,
        environment: Mapping[str, str],
        policy_packs: Sequence[PackSource] = (),
        host: Host | None = None,
    ) -> None:
        self._stack = stack
        self._host = host
        self._environment = {**os.environ, **environment}
        self._policy_packs = policy_packs

    def deploy(
        self,
        kind: Kind,
        *,
        as_json: bool,
        log: TextIO | None = None,
        run_program: bool = False,
    ) -> int:
        """The exit code: 0 done, 1 failed, 2 refused by the program.

        Raises EngineErrors before anything is touched.

        What happens is written to ``log``, too, as the CLI's ``--event-log`` does it.
        An update under policies is previewed, as the CLI does: what a mandatory rule
        would stop half-way is not begun.
        """
        if kind in ("destroy", "refresh"):
            Stack.require(PROJECT, self._stack, self._environment)
        if kind == "up" and self._policy_packs:
            preview = deployment.run(self._request("preview"), Quiet())
            if not preview.succeeded:
                kind = "preview"  # once more, for the user to see
        request = replace(self._request(kind), run_program=run_program)
        if as_json:
            quiet = Quiet()
            result = _run(request, quiet, log)
            sys.stdout.write(quiet.text(result) + "\n")
            return _code(result)
        return self._show(request, log)

    def outputs(self, *, show_secrets: bool) -> dict[str, Any]:
        """The stack's outputs; secrets are masked unless they are asked for.

        Raises StackUnknown.
        """
        snapshot = self._find().load()
        found = [one for one in snapshot.resources if one.type == urn.STACK_TYPE]
        outputs: Properties = found[0].outputs if found else {}
        shown: dict[str, Any] = mask(unwrap(outputs) if show_secrets else outputs)
        return shown

    def export(self) -> str:
        """The state in the form of `pulumi stack export`. Raises StackUnknown."""
        stack = self._find()
        whole = stack.body(stack.load())
        return json.dumps({**features.header(whole), "deployment": whole}, indent=4)

    def import_(self, text: str) -> int:
        """Replace the state by an exported one.

        Raises StateDamaged, StateUnsupported, StackLocked.
        """
        try:
            exported = json.loads(text)
            body = dict(exported["deployment"] or {})
        except (ValueError, KeyError, TypeError) as error:
            raise StateDamaged(
                "The text is no exported stack: it must be JSON with a `deployment`. "
                "The state was not touched."
            ) from error
        features.require(exported, "The exported stack")
        stack = self._open()
        with stack.backend.lock(stack.project.name, stack.name):
            snapshot = stack.parse(body)
            state.check(snapshot)
            stack.save(snapshot)
        return 0

    def _request(self, kind: Kind) -> Request:
        host, self._host = self._host, None
        return Request(
            PROJECT,
            self._stack,
            kind,
            Path(sys.executable),
            self._environment,
            [str(PROVIDERS)],
            policy_packs=self._policy_packs,
            host=host,
        )

    def _show(self, request: Request, log: TextIO | None) -> int:
        console = Console(soft_wrap=True)
        with Display(console, self._stack, request.kind) as display:
            result = _run(request, display, log)
        display.summary(result)
        return _code(result)

    def _find(self) -> Stack:
        """Who only looks makes no stack."""
        Stack.require(PROJECT, self._stack, self._environment)
        return self._open()

    def _open(self) -> Stack:
        return Stack.open(PROJECT, self._stack, self._environment)


def _code(result: Result) -> int:
    if result.succeeded:
        return 0
    return 2 if result.misconfigured else 1


def _run(request: Request, events: Events, log: TextIO | None) -> Result:
    if log is None:
        return deployment.run(request, events)
    written = EventLog(events, log, request.kind)
    result = deployment.run(request, written)
    written.close(result)
    return result
