"""One `up` and one `destroy` are enough, however slow directory and locks are."""

from __future__ import annotations

from typing import Any

import pytest

Clone = Any
pytestmark = pytest.mark.docker
HOOK = {"name": "pushed", "uri": "http://127.0.0.1:9/"}
NOT_FOUND = "the new identity is not found everywhere yet; try 1 of 60 in 1 s"
LEFTOVER = "a lock that was taken off still counts; try 1 of 12 in 1 s"


@pytest.fixture
def slow(clone: Clone) -> Clone:
    clone.environment["EMBEDDED_PRINCIPAL_DELAY"] = "3"
    clone.environment["EMBEDDED_LOCK_DELAY"] = "3"
    return clone


@pytest.mark.parametrize(
    "engine", ["embedded", pytest.param("pulumi", marks=pytest.mark.cli)]
)
def test_what_is_refused_for_a_while_is_tried_again(slow: Clone, engine: str) -> None:
    use = ("--yes", "--engine", engine)
    slow.configure(lock="CanNotDelete", webhooks=[HOOK])
    said = slow.run("up", *use)
    assert NOT_FOUND in said
    assert LEFTOVER not in said
    # The lock and what it covers go at the end of the same update.
    slow.configure(lock=None, webhooks=None)
    assert LEFTOVER in slow.run("up", *use)
    assert "pushed" not in slow.resources()
    slow.configure(lock="CanNotDelete")
    slow.run("up", *use)
    assert LEFTOVER in slow.run("destroy", "--run-program", *use)
    assert slow.resources() == {}


def test_a_destroy_without_the_program_says_what_is_locked(slow: Clone) -> None:
    slow.configure(lock="CanNotDelete")
    slow.up()
    said = slow.run("destroy", "--yes", code=1)
    assert 'Code="ScopeLocked"' in said
    assert "--run-program" in said
    slow.run("destroy", "--yes", "--run-program")
    assert slow.resources() == {}
