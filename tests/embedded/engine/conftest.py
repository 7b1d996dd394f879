"""A project of its own, a fake cloud in a folder, and the engine run on both."""

from __future__ import annotations

import json
import os
import sys
import textwrap
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from embedded.engine.deployment import Kind, Request, Result, run
from embedded.engine.events import Severity, Step
from embedded.engine.policy_settings import PackSource

FAKE = Path(__file__).with_name("fakes") / "provider.py"
HEAD = """
import pulumi


class Thing(pulumi.CustomResource):
    size: pulumi.Output[int]

    def __init__(self, name, value=None, opts=None, **more):
        inputs = {"value": value, "size": None, **more}
        super().__init__("fake:index:Thing", name, inputs, opts)


"""


class Recorder:
    """All events of a run, for asking about them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.steps: list[tuple[str, str]] = []
        self.failures: dict[str, str] = {}
        self.messages: list[tuple[str, str]] = []
        self.lines: list[str] = []
        self.details: dict[str, dict[str, str]] = {}

    def started(self, step: Step) -> None:
        """Of no interest."""

    def finished(self, step: Step, seconds: float) -> None:
        with self._lock:
            self.steps.append((step.op, step.name))
            self.details[step.name] = dict(step.details)

    def failed(self, step: Step, message: str) -> None:
        self.failures[step.name] = message

    def message(
        self, severity: Severity, text: str, urn: str = "", *, ephemeral: bool = False
    ) -> None:
        if severity != "debug":
            self.messages.append((severity, text))

    def output(self, line: str) -> None:
        self.lines.append(line)


@dataclass
class Run:
    result: Result
    events: Recorder

    @property
    def ops(self) -> dict[str, str]:
        """Thing -> what happened to it, but for `same`."""
        return {name: op for op, name in self.events.steps if op != "same"}

    @property
    def text(self) -> str:
        said = [text for _, text in self.events.messages]
        return "\n".join([*said, *self.events.failures.values(), *self.events.lines])


@dataclass
class Lab:
    """One project with its stack ``test``."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    packs: list[PackSource] = field(default_factory=list)

    @property
    def project(self) -> Path:
        return self.folder / "project"

    @property
    def world(self) -> Path:
        return self.folder / "world"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "x",
            "FAKE_WORLD": str(self.world),
            **self.settings,
        }

    @property
    def state_file(self) -> Path:
        return self.folder / "state/.pulumi/stacks/lab/test.json"

    def program(self, text: str) -> None:
        body = HEAD + textwrap.dedent(text)
        (self.project / "__main__.py").write_text(body)

    def request(self, kind: Kind) -> Request:
        return Request(
            self.project,
            "test",
            kind,
            Path(sys.executable),
            self.environment,
            [str(self.folder / "bin")],
            policy_packs=self.packs,
        )

    def run(
        self, kind: Kind, text: str | None = None, *, run_program: bool = False
    ) -> Run:
        if text is not None:
            self.program(text)
        events = Recorder()
        request = replace(self.request(kind), run_program=run_program)
        return Run(run(request, events), events)

    def up(self, text: str | None = None) -> Run:
        """An update that must succeed."""
        done = self.run("up", text)
        assert done.result.succeeded, done.text
        return done

    def state(self) -> dict[str, Any]:
        body = json.loads(self.state_file.read_text())
        latest: dict[str, Any] = body["checkpoint"]["latest"]
        return latest

    def resources(self) -> dict[str, dict[str, Any]]:
        rows = self.state().get("resources", [])
        return {one["urn"].rsplit("::", 1)[-1]: one for one in rows}

    def things(self) -> list[str]:
        """Ids of what is there in the fake cloud."""
        return sorted(file.stem for file in self.world.glob("*.json"))

    def calls(self) -> list[str]:
        lines = (self.world / "calls").read_text().splitlines()
        return [line for line in lines if not line.startswith("configure")]

    def forget_calls(self) -> None:
        (self.world / "calls").unlink(missing_ok=True)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    for name in ("project", "world", "bin"):
        (tmp_path / name).mkdir()
    (tmp_path / "project/Pulumi.yaml").write_text("name: lab\nruntime: python\n")
    launcher = tmp_path / "bin/pulumi-resource-fake"
    launcher.write_text(f'#!/bin/sh\nexec {sys.executable} {FAKE} "$@"\n')
    launcher.chmod(0o755)
    return Lab(tmp_path)
