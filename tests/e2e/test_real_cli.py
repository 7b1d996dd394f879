"""The real Pulumi CLI and the embedded engine take turns on one stack."""

from __future__ import annotations

from typing import Any

import pytest

Clone = Any
pytestmark = [pytest.mark.docker, pytest.mark.cli]
HERE = ("--engine", "embedded")
CLI = ("--engine", "pulumi")


def test_what_the_cli_made_the_embedded_engine_knows_and_deletes(clone: Clone) -> None:
    clone.run("up", "--yes", *CLI)
    clone.page()
    assert "there was nothing to do" in clone.run("preview", *HERE)
    clone.run("destroy", "--yes", *HERE)
    assert clone.resources() == {}
    assert clone.containers() == []


def test_what_the_embedded_engine_made_the_cli_knows_and_deletes(clone: Clone) -> None:
    clone.run("up", "--yes", *HERE)
    clone.run("preview", "--expect-no-changes", *CLI)
    clone.run("refresh", "--yes", *CLI)
    assert "there was nothing to do" in clone.run("preview", *HERE)
    clone.run("destroy", "--yes", *CLI)
    assert clone.resources() == {}
    assert clone.containers() == []


def test_all_that_a_registry_offers_is_the_same_to_both(clone: Clone) -> None:
    clone.stack = "local-max"
    clone.run("up", "--yes", *CLI)
    assert "there was nothing to do" in clone.run("preview", *HERE)
    clone.run("up", "--yes", *HERE)
    clone.run("preview", "--expect-no-changes", *CLI)
    clone.run("destroy", "--yes", *CLI)
    assert clone.resources() == {}


def test_a_failure_under_one_engine_is_mended_under_the_other(clone: Clone) -> None:
    dockerfile = clone.root / "app/Dockerfile"
    whole = dockerfile.read_text()
    dockerfile.write_text(f"{whole}\nCOPY nowhere/ ./\n")
    clone.run("up", "--yes", *HERE, code=1)
    dockerfile.write_text(whole)
    clone.run("up", "--yes", *CLI)
    clone.page()
