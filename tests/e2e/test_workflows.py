"""The commands of the workflows, run as GitHub's runner runs them.

What is not run here is what GitHub and Azure do: the actions, the sign-in, the rules of
an environment. In place of Azure there is the embedded one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra import drawing
from pipeline import comment, report

Clone = Any
pytestmark = pytest.mark.docker
Json = dict[str, Any]
#: https://docs.github.com/actions/reference/workflow-syntax: `shell: bash`
SHELL = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]


@dataclass
class Job:
    """One job of one workflow, on a clone of the project."""

    clone: Clone
    workflow: str
    name: str
    environment: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    def run(self) -> dict[str, str]:
        """Step -> success, failure or skipped. Conditions are the two that we use."""
        file = self.clone.root / ".github/workflows" / f"{self.workflow}.yml"
        loaded = yaml.safe_load(file.read_text())
        assert loaded["defaults"]["run"]["shell"] == "bash"
        ended: dict[str, str] = {}
        for step in loaded["jobs"][self.name]["steps"]:
            if "run" not in step or step["name"] in self.without:
                continue
            always = step.get("if") == "${{ !cancelled() }}"
            failed = "failure" in ended.values()
            runs = always or not failed
            ended[step["name"]] = self._step(step["run"]) if runs else "skipped"
        return ended

    @property
    def summary(self) -> str:
        home: Path = self.clone.home
        return (home / "summary.md").read_text()

    @property
    def folder(self) -> Path:
        folder: Path = self.clone.root / "report"
        return folder

    def _step(self, text: str) -> str:
        environment = {
            **os.environ,
            **self.clone.environment,
            "GITHUB_STEP_SUMMARY": str(self.clone.home / "summary.md"),
            **self.environment,
        }
        self.clone.home.mkdir(exist_ok=True)
        done = subprocess.run(
            [*SHELL, text],
            check=False,
            cwd=self.clone.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=240,
        )
        sys.stdout.write(done.stdout)  # pytest shows it when something fails
        return "failure" if done.returncode else "success"


def test_a_fork_s_pull_request_is_previewed_updated_and_destroyed(clone: Clone) -> None:
    job = Job(clone, "preview", "local", without=("Azure",))
    assert job.run() == dict.fromkeys(
        ("Set up", "Preview", "Update", "Destroy", "Summary"), "success"
    )
    assert job.summary.startswith(comment.marker("local"))
    assert "✅ Stack `local`: preview, up and destroy passed" in job.summary
    assert "| preview | ✅ passed | 11 create |" in job.summary
    assert "| destroy | ✅ passed | 11 delete |" in job.summary
    assert "✅ Policies: `acr-lab v0.1.0`" in job.summary
    assert "The app answers at" in job.summary
    assert clone.containers() == []
    assert clone.resources() == {}


def test_a_pull_request_against_a_rule_stops_before_the_update(clone: Clone) -> None:
    clone.configure(port=9000)
    job = Job(clone, "preview", "local", without=("Azure", "Set up"))
    job.folder.mkdir()
    assert job.run() == {
        "Preview": "failure",
        "Update": "skipped",
        "Destroy": "success",
        "Summary": "success",
    }
    assert "❌ Stack `local`: preview failed" in job.summary
    assert "| ❌ mandatory | `container-group-ports-allowed` |" in job.summary
    assert "| up | not begun | | |" in job.summary


def test_a_secret_of_the_configuration_is_in_no_report(clone: Clone) -> None:
    clone.configure(secureEnvironment={"PIN": "s3cr3t-of-the-test"})
    job = Job(clone, "preview", "local", without=("Azure", "Set up"))
    job.folder.mkdir()
    assert set(job.run().values()) == {"success"}
    for file in (*job.folder.iterdir(), clone.home / "summary.md"):
        assert "s3cr3t-of-the-test" not in file.read_text(), file


def as_azure(clone: Clone) -> dict[str, str]:
    """What the CLI needs to take the embedded Azure for the one of stack `dev`."""
    given = json.loads(clone.run("azure", "env", "--json"))
    state = clone.root / "state"
    state.mkdir()
    providers = clone.root / "embedded" / "providers" / "bin"
    machine = clone.home / "machine.json"
    base = json.loads(machine.read_text())["baseImage"] if machine.exists() else None
    return {
        **given,
        **({"ACR_LAB_BASE_IMAGE": base} if base else {}),
        "EMBEDDED_PYTHON": str(clone.root / ".venv/bin/python"),
        "PATH": f"{providers}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_CONFIG_PASSPHRASE": "x",
        "PULUMI_DEBUG_COMMANDS": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(clone.root / "pulumi-home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


@pytest.mark.cli
def test_the_stack_dev_is_previewed_and_deployed_by_the_cli(clone: Clone) -> None:
    clone.run("azure", "start")
    environment = as_azure(clone)
    pulumi(clone, environment, "stack", "init", "dev")
    pulumi(clone, environment, "config", "set", "azure-native:location", "westeurope")
    # Its environment is there already: a test installs nothing.
    preview = Job(clone, "preview", "dev", environment, without=("Set up",))
    preview.folder.mkdir()
    assert preview.run() == {"Preview": "success", "Summary": "success"}
    told = report.of_folder("dev", preview.folder)
    assert told.phases[0].told is not None
    assert told.phases[0].told.counts == {"create": 11}
    shutil.rmtree(preview.folder)
    deploy = Job(clone, "deploy", "dev", environment, without=("Set up",))
    deploy.folder.mkdir()
    assert deploy.run() == dict.fromkeys(
        ("Update", "Ask the app", "Summary"), "success"
    )
    assert "The app answers at http://127." in deploy.summary
    assert "✅ Stack `dev`: up passed" in deploy.summary
    dot, readme = clone.root / "stack.dot", (clone.root / "README.md").read_text()
    pulumi(clone, environment, "stack", "graph", str(dot), "--stack", "dev")
    assert readme == drawing.rewritten(readme, drawing.of_dot(dot.read_text()))
    pulumi(clone, environment, "destroy", "--yes", "--stack", "dev")


def pulumi(clone: Clone, environment: Mapping[str, str], *arguments: str) -> None:
    done = subprocess.run(
        ["pulumi", *arguments, "--non-interactive"],
        check=False,
        cwd=clone.root,
        env={**os.environ, **clone.environment, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
