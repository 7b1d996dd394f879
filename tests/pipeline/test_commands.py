"""``python3 -m pipeline`` as the workflows call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
World = Any
Event = Any
Log = Any


def pipeline(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    # -S: no installed package is there, as in the workflow that posts.
    return subprocess.run(
        [sys.executable, "-S", "-m", "pipeline", *arguments],
        check=False,
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def access(world: World) -> dict[str, str]:
    return {
        "GITHUB_API_URL": world.address,
        "GITHUB_REPOSITORY": "lab/acr-lab",
        "GITHUB_TOKEN": "t",
    }


def test_comment_prints_what_a_folder_tells(tmp_path: Path, write_log: Log) -> None:
    (tmp_path / "preview.events").write_text(write_log())
    done = pipeline("comment", "--stack", "dev", str(tmp_path))
    assert "### ✅ Stack `dev`: preview passed" in done.stdout


def test_comment_can_be_about_an_update(tmp_path: Path, write_log: Log) -> None:
    (tmp_path / "up.events").write_text(write_log())
    command = ("--command", "up", "--stack", "dev")
    assert "up passed" in pipeline("comment", *command, str(tmp_path)).stdout


def test_post_reads_the_event_of_the_runner(
    world: World, run_event: Event, write_log: Log, tmp_path: Path
) -> None:
    world.pull(5)
    world.artifact("report-local", {"preview.events": write_log()})
    file = tmp_path / "event.json"
    file.write_text(json.dumps(run_event()))
    done = pipeline("post", GITHUB_EVENT_PATH=str(file), **access(world))
    assert done.stdout == "Wrote a comment on #5 about local.\n"


def test_reviewers_passes_an_environment_that_asks(world: World) -> None:
    rule = {"type": "required_reviewers", "reviewers": [{"type": "User"}]}
    world.environments["dev"] = {"protection_rules": [rule]}
    done = pipeline("reviewers", "dev", **access(world))
    assert (done.returncode, done.stdout) == (
        0,
        "The environment dev asks 1 before it deploys.\n",
    )


@pytest.mark.parametrize(
    ("environments", "why"),
    [
        ({}, "does not exist"),
        ({"dev": {}}, "has no required reviewers"),
        (
            {"dev": {"protection_rules": [{"type": "wait_timer"}]}},
            "has no required reviewers",
        ),
    ],
)
def test_reviewers_stops_one_that_asks_nobody(
    world: World, environments: dict[str, Any], why: str
) -> None:
    world.environments |= environments
    done = pipeline("reviewers", "dev", **access(world))
    assert done.returncode == 1
    assert done.stdout.startswith(f"::error::The environment `dev` {why}.")


def test_what_github_refuses_is_told(
    world: World, tmp_path: Path, run_event: Event
) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(run_event()))
    done = pipeline(
        "post",
        GITHUB_EVENT_PATH=str(file),
        **access(world) | {"GITHUB_REPOSITORY": "lab/other"},
    )
    assert done.returncode == 1
    assert done.stdout.startswith("::error::GET pulls")
    assert done.stderr == ""


def test_a_github_that_is_not_there_is_told(world: World) -> None:
    nowhere = access(world) | {"GITHUB_API_URL": "http://127.0.0.1:1"}
    done = pipeline("reviewers", "dev", **nowhere)
    assert done.returncode == 1
    assert "no answer" in done.stdout
