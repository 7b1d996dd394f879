"""What is left, and what happens next, when the engine or a part of it is killed."""

from __future__ import annotations

import copy
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from embedded.engine.errors import StateDamaged
from embedded.engine.stack import Stack
from embedded.engine.state import Operation, Resource

PROJECT = Path(__file__).resolve().parents[3]
Lab = Any
ENGINE = """
import os, sys
from pathlib import Path
from embedded.engine.deployment import Request, run
from embedded.engine.display import Quiet
folder = Path(sys.argv[1])
bin = [str(folder / "bin")]
python = Path(sys.executable)
run(Request(folder / "project", "test", "up", python, os.environ, bin), Quiet())
"""


def start_engine(lab: Lab) -> subprocess.Popen[bytes]:
    """An engine in a process of its own, to be killed."""
    code = [sys.executable, "-c", textwrap.dedent(ENGINE), str(lab.folder)]
    return subprocess.Popen(code, cwd=PROJECT, env=lab.environment)


def eventually(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def test_a_program_does_not_outlive_its_engine(lab: Lab) -> None:
    file = lab.folder / "pid"
    lab.program(f"""
    import os, pathlib, time
    pathlib.Path({str(file)!r}).write_text(str(os.getpid()))
    time.sleep(600)
    """)
    engine = start_engine(lab)
    assert eventually(lambda: file.exists() and file.read_text() != "")
    os.kill(engine.pid, signal.SIGKILL)
    engine.wait()
    assert eventually(lambda: not lives(int(file.read_text())))


def kinds(lab: Lab) -> list[tuple[str, str]]:
    rows = lab.state().get("pending_operations") or []
    return [(one["type"], one["resource"]["urn"].rsplit("::", 1)[1]) for one in rows]


def test_a_create_that_nobody_saw_the_end_of_stays_pending(lab: Lab) -> None:
    failed = lab.run("up", 'Thing("one", "a", fail="die after create")')
    assert not failed.result.succeeded
    assert kinds(lab) == [("creating", "one")]


def test_what_it_made_is_named_taken_in_and_put_right(lab: Lab) -> None:
    lab.run("up", 'Thing("one", "a", fail="die after create")')
    again = lab.run("up", 'Thing("one", "a", fail=None)')
    assert again.result.succeeded
    assert "interrupted while creating it; it is there" in again.text
    assert again.ops == {"one": "update"}
    assert lab.things() == ["one-1"]
    assert kinds(lab) == []
    assert lab.up().ops == {}


def test_what_was_not_made_is_named_and_created(lab: Lab) -> None:
    lab.run("up", 'Thing("one", "a", fail="die")')
    again = lab.up('Thing("one", "a")')
    assert "interrupted while creating it; it was not made" in again.text
    assert again.ops == {"one": "create"}
    assert lab.things() == ["one-1"]


def test_a_destroy_deletes_what_an_interrupted_create_has_made(lab: Lab) -> None:
    lab.run("up", 'Thing("one", "a", fail="die after create")')
    assert lab.run("destroy").result.succeeded
    assert lab.things() == []
    assert lab.state().get("resources", []) == []
    assert kinds(lab) == []


def test_a_replacement_that_was_cut_off_leaves_one_of_the_two(lab: Lab) -> None:
    lab.up('Thing("one", "a", fixed=1)')
    lab.run("up", 'Thing("one", "a", fixed=2, fail="die after create")')
    assert lab.things() == ["one-1", "one-2"]
    again = lab.up('Thing("one", "a", fixed=2)')
    assert "it was to replace another" in again.text
    assert lab.things() == ["one-3"]
    assert lab.up().ops == {}


def test_an_update_that_was_cut_off_is_done_again_even_if_it_is_taken_back(
    lab: Lab,
) -> None:
    lab.up('Thing("one", "a")')
    lab.run("up", 'Thing("one", "b", fail="die after update")')
    assert kinds(lab) == [("updating", "one")]
    again = lab.up('Thing("one", "a")')
    assert "interrupted while updating it" in again.text
    assert again.ops == {"one": "update"}
    assert '"a"' in (lab.world / "one-1.json").read_text()
    assert lab.up().ops == {}


def test_what_was_deleted_unseen_is_created_again(lab: Lab) -> None:
    lab.up('Thing("one", "a", fail="die after delete")')
    assert not lab.run("destroy").result.succeeded
    assert kinds(lab) == [("deleting", "one")]
    again = lab.up('Thing("one", "a")')
    assert "interrupted while deleting it; it is gone" in again.text
    assert again.ops == {"one": "create"}


def test_what_was_not_deleted_yet_is_still_known(lab: Lab) -> None:
    lab.up('Thing("one", "a")')
    stack = Stack.open(lab.project, "test", lab.environment)
    snapshot = stack.load()
    (one,) = (row for row in snapshot.resources if row.name == "one")
    stack.save(replace(snapshot, pending_operations=(Operation(one, "deleting"),)))
    again = lab.up()
    assert "interrupted while deleting it; it is still there" in again.text
    assert again.ops == {}
    assert kinds(lab) == []


def test_a_preview_names_what_is_pending_and_leaves_it_so(lab: Lab) -> None:
    lab.run("up", 'Thing("one", "a", fail="die after create")')
    before = lab.state_file.read_text()
    told = lab.run("preview", 'Thing("one", "a")')
    assert "interrupted while creating it" in told.text
    assert told.ops == {"one": "update"}
    assert lab.state_file.read_text() == before


def test_what_cannot_be_told_stays_pending(lab: Lab) -> None:
    lab.run("up", 'Thing("one", "a", fail="die after create")')
    (lab.folder / "bin/pulumi-resource-fake").rename(lab.folder / "away")
    failed = lab.run("destroy")
    assert not failed.result.succeeded
    assert "what became of it cannot be told" in failed.text
    assert kinds(lab) == [("creating", "one")]
    (lab.folder / "away").rename(lab.folder / "bin/pulumi-resource-fake")
    assert lab.run("destroy").result.succeeded
    assert lab.things() == []


def test_a_refresh_forgets_what_cannot_be_told(lab: Lab) -> None:
    lab.up('Thing("one", "a")')
    stack = Stack.open(lab.project, "test", lab.environment)
    lost = Resource(stack.load().resources[0].urn + "x", "fake:index:Thing", True)
    operations = (Operation(lost, "creating"),)
    stack.save(replace(stack.load(), pending_operations=operations))
    assert "cannot be told" in lab.up().text
    assert kinds(lab)
    assert "delete it by hand" in lab.run("refresh").text
    assert kinds(lab) == []


def test_ctrl_c_is_told_begins_nothing_more_and_the_next_up_goes_on(lab: Lab) -> None:
    program = """
        import os, signal, time
        Thing("one", "a")
        if not os.path.exists("again"):
            os.kill(os.getppid(), signal.SIGINT)
            time.sleep(0.5)
        Thing("two", "b")
    """
    cancelled = lab.run("up", program)
    assert not cancelled.result.succeeded
    assert "The deployment was cancelled" in cancelled.text
    assert "run it again to go on" in cancelled.text
    assert "two" not in lab.resources()
    (lab.project / "again").touch()
    assert lab.up(program).result.succeeded
    assert {"one", "two"} <= set(lab.resources())


def test_a_state_that_is_no_state_is_named_with_its_copy(lab: Lab) -> None:
    lab.up('Thing("one", "a")')
    whole = json.loads(lab.state_file.read_text())
    for wrong in ({"urn": 5}, {"urn": ""}, {"parent": "urn:nobody"}, {"id": "7"}):
        body = copy.deepcopy(whole)
        body["checkpoint"]["latest"]["resources"][0] |= wrong
        text = json.dumps(body)
        lab.state_file.write_text(text)
        for kind in ("up", "destroy"):
            with pytest.raises(StateDamaged, match=rf"{lab.state_file}\.bak"):
                lab.run(kind)
        assert lab.state_file.read_text() == text
