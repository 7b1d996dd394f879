"""What the figures are taken with."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import machine
from bench.figure import NotMeasurable


def test_what_the_set_up_has_unpacked_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "packages" / "usr" / "bin" / "docker-registry"
    tool.parent.mkdir(parents=True)
    tool.touch(mode=0o755)
    monkeypatch.setenv("EMBEDDED_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NotMeasurable, match="docker-registry"):
        machine.require("docker-registry")
    machine.find_packages()
    assert machine.require("docker-registry") == str(tool)
