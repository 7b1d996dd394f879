"""States that use more of the format than version 3 has."""

from __future__ import annotations

import json
from typing import Any

import pytest

from embedded.engine.backend import FileBackend
from embedded.engine.errors import StateUnsupported

HOOKED = {"resources": [{"urn": "u", "type": "t", "resourceHooks": {"OnError": ["h"]}}]}


@pytest.fixture
def backend(tmp_path: Any) -> FileBackend:
    return FileBackend.open(f"file://{tmp_path}")


def written(backend: FileBackend) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(backend.stack_file("p", "s").read_text())
    return found


def test_a_state_with_hooks_says_so_as_the_cli_does(backend: FileBackend) -> None:
    backend.save("p", "s", HOOKED)
    assert written(backend)["version"] == 4
    assert written(backend)["features"] == ["hooks"]
    assert backend.load("p", "s") == HOOKED


def test_a_state_without_them_stays_readable_for_older_engines(
    backend: FileBackend,
) -> None:
    backend.save("p", "s", {"resources": [{"urn": "u", "type": "t"}]})
    assert written(backend)["version"] == 3
    assert "features" not in written(backend)


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ({"version": 4, "features": ["hooks", "taint"]}, "knows taint"),
        ({"version": 4, "features": ["invented"]}, "knows invented"),
        ({"version": 5}, "version 5"),
        ({}, "version None"),
    ],
)
def test_what_this_engine_does_not_know_is_refused_by_name(
    backend: FileBackend, header: dict[str, Any], named: str
) -> None:
    backend.save("p", "s", {})
    body = {**header, "checkpoint": {"latest": {}}}
    backend.stack_file("p", "s").write_text(json.dumps(body))
    with pytest.raises(StateUnsupported, match=named):
        backend.load("p", "s")
    assert written(backend) == body
