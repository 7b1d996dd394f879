"""The comment is found again, edited in place, and put on the right pull request."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline import comment, post
from pipeline.artifact import ArtifactDamaged
from pipeline.github import GitHub, GitHubRefused
from pipeline.post import Run

World = Any
Event = Any
Log = Any


@pytest.fixture
def reported(world: World, write_log: Log) -> World:
    """A fork's pull request whose run has left its report."""
    world.pull(5)
    names = ("preview", "up", "destroy")
    world.artifact("report-local", {f"{one}.events": write_log() for one in names})
    return world


def test_the_first_report_becomes_a_comment(
    reported: World, github: GitHub, run_event: Event
) -> None:
    done = post.post(github, Run.of_event(run_event()))
    assert done == ["Wrote a comment on #5 about local."]
    (one,) = reported.comments
    assert one["issue"] == 5
    assert one["body"].startswith(comment.marker("local"))
    assert "preview, up and destroy passed" in one["body"]


def test_the_next_one_edits_it_in_place(
    reported: World, github: GitHub, run_event: Event
) -> None:
    for number in range(150):  # more than a page
        reported.comment(5, f"word {number}", "somebody")
    reported.comment(5, f"{comment.marker('local')}\nold")
    done = post.post(github, Run.of_event(run_event()))
    assert done == ["Edited the comment on #5 about local."]
    assert len(reported.comments) == 151
    assert "passed" in reported.comments[-1]["body"]


def test_a_second_attempt_at_a_run_counts_and_not_the_first(
    world: World, github: GitHub, run_event: Event, write_log: Log
) -> None:
    world.pull(5)
    failed = write_log(result="failed")
    world.artifact("report-local", {"preview.events": failed})
    names = ("preview", "up", "destroy")
    world.artifact("report-local~2", {f"{one}.events": write_log() for one in names})
    post.post(github, Run.of_event(run_event()))
    (one,) = world.comments
    assert "preview, up and destroy passed" in one["body"]


def test_a_comment_of_somebody_else_is_never_edited(
    reported: World, github: GitHub, run_event: Event
) -> None:
    text = f"{comment.marker('local')}\nmine"
    reported.comment(5, text, "somebody")
    post.post(github, Run.of_event(run_event()))
    assert [one["body"] == text for one in reported.comments] == [True, False]


def test_each_stack_has_a_comment_of_its_own(
    world: World, github: GitHub, run_event: Event, write_log: Log
) -> None:
    world.pull(5, "lab")
    for stack in ("dev", "local"):
        world.artifact(f"report-{stack}", {"preview.events": write_log()})
    world.artifact("coverage", {"preview.events": write_log()})
    for _ in range(2):
        post.post(github, Run.of_event(run_event("lab")))
    assert sorted(one["body"].splitlines()[0] for one in world.comments) == [
        comment.marker("dev"),
        comment.marker("local"),
    ]


def test_a_fork_cannot_speak_for_a_stack_in_azure(
    reported: World, github: GitHub, run_event: Event, write_log: Log
) -> None:
    reported.artifact("report-dev", {"preview.events": write_log()})
    done = post.post(github, Run.of_event(run_event()))
    assert done == ["Wrote a comment on #5 about local."]


def test_a_commit_that_is_no_longer_the_last_is_not_told(
    reported: World, github: GitHub, run_event: Event
) -> None:
    (done,) = post.post(github, Run.of_event(run_event(head_sha="d" * 40)))
    assert done.startswith("No open pull request")
    assert reported.comments == []


def test_a_branch_of_the_same_name_elsewhere_is_another_one(
    world: World, github: GitHub, run_event: Event, write_log: Log
) -> None:
    world.pull(5, repo={"id": 3})
    world.pull(6, repo=None)
    world.artifact("report-local", {"preview.events": write_log()})
    post.post(github, Run.of_event(run_event()))
    assert world.comments == []


def test_the_name_of_a_branch_stays_inside_its_parameter(
    world: World, github: GitHub, run_event: Event, write_log: Log
) -> None:
    name = "x&state=all#/../é"
    world.pull(5, label=f"fork:{name}")
    world.artifact("report-local", {"preview.events": write_log()})
    post.post(github, Run.of_event(run_event(head_branch=name)))
    assert len(world.comments) == 1


def test_a_fork_that_is_gone_has_nothing_to_say(
    reported: World, github: GitHub, run_event: Event
) -> None:
    run = Run.of_event(run_event(head_repository=None))
    assert run.fork
    assert post.post(github, run)[0].startswith("No open pull request")


def test_the_token_goes_to_the_api_only(
    reported: World, github: GitHub, run_event: Event
) -> None:
    post.post(github, Run.of_event(run_event()))
    tokens = {path.startswith("/blob/"): token for _, path, token in reported.requests}
    assert tokens == {False: f"Bearer {github.token}", True: ""}


def test_a_run_without_a_report_is_no_failure(
    world: World, github: GitHub, run_event: Event
) -> None:
    world.pull(5)
    (done,) = post.post(github, Run.of_event(run_event()))
    assert done.startswith("The run left no report")


def test_an_artifact_that_is_no_zip_file_is_refused(
    reported: World, github: GitHub, run_event: Event
) -> None:
    whole = reported.artifacts["report-local"]
    for damaged in (
        b"",
        b"no zip",
        whole[:100],
        whole.replace(b"events", b"EVENTS", 1),
    ):
        reported.artifacts["report-local"] = damaged
        with pytest.raises(ArtifactDamaged):
            post.post(github, Run.of_event(run_event()))
    assert reported.comments == []


def test_an_artifact_that_swells_is_cut(
    world: World, github: GitHub, run_event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.pull(5)
    world.artifact("report-local", {"preview.txt": "x" * 100_000_000})
    assert len(world.artifacts["report-local"]) < 200_000
    post.post(github, Run.of_event(run_event()))
    assert len(world.comments[0]["body"]) <= comment.LONGEST
    monkeypatch.setattr("pipeline.artifact.LONGEST", 1000)
    with pytest.raises(GitHubRefused, match="longer than 1000 bytes"):
        post.post(github, Run.of_event(run_event()))


def test_files_beside_the_report_are_not_looked_at(
    reported: World, github: GitHub, run_event: Event
) -> None:
    reported.artifact("report-local", {"../../evil": "x", "/etc/passwd": "y"})
    post.post(github, Run.of_event(run_event()))
    assert "preview did not begin" in reported.comments[0]["body"]


def test_the_event_of_a_push_is_none(run_event: Event) -> None:
    with pytest.raises(KeyError):
        Run.of_event(json.loads("{}"))
