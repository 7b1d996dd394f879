"""The virtual environment: made once, brought up to date when requirements change."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from embedded.home import Home
from embedded.machine import environment
from embedded.machine.errors import CommandFailed, PythonTooOld


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    (tmp_path / "more.txt").write_text("# nothing\n")
    return tmp_path


def prepare(project: Path, *files: str) -> Path:
    return environment.prepare(project, files, Home(project / "home"))


def test_the_environment_is_made_once(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python = prepare(project, "requirements.txt", "more.txt")
    code = "import sys; print(sys.prefix)"
    found = subprocess.check_output([python, "-c", code], text=True)
    assert found.strip() == str(project / ".venv")
    assert "Making the virtual environment" in capsys.readouterr().out
    assert prepare(project, "requirements.txt") == python
    assert capsys.readouterr().out == ""


def test_a_changed_requirement_is_installed_and_its_error_is_shown(
    project: Path,
) -> None:
    prepare(project, "requirements.txt")
    (project / "requirements.txt").write_text("./nowhere\n")
    with pytest.raises(CommandFailed, match="nowhere"):
        prepare(project, "requirements.txt")
    with pytest.raises(CommandFailed):
        prepare(project, "requirements.txt")


def test_an_old_python_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.version_info", (3, 9, 2))
    with pytest.raises(PythonTooOld, match=r"3\.9\.2"):
        prepare(project, "requirements.txt")
