"""The virtual environment: made once, brought up to date when requirements change."""

from __future__ import annotations

import subprocess
import sys
import zipfile
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


@pytest.mark.parametrize("pip", ["missing", "half"])
def test_an_environment_whose_making_was_cut_off_is_made_again(
    project: Path, pip: str
) -> None:
    folder = project / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    if pip == "half":
        (site,) = folder.glob("lib/python*/site-packages")
        (site / "pip-23.0.dist-info").mkdir()
        (site / "pip").mkdir()
    python = prepare(project, "requirements.txt")
    subprocess.run([python, "-m", "pip", "--version"], check=True)


def wheel(folder: Path, needs: str) -> Path:
    """A package of one empty module that says what it depends on."""
    file, info = folder / "lonely-1.0-py3-none-any.whl", "lonely-1.0.dist-info"
    metadata = (
        f"Metadata-Version: 2.1\nName: lonely\nVersion: 1.0\nRequires-Dist: {needs}"
    )
    tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("lonely.py", "")
        archive.writestr(f"{info}/METADATA", f"{metadata}\n")
        archive.writestr(f"{info}/WHEEL", f"{tags}\n")
        archive.writestr(f"{info}/RECORD", "")
    return file


def test_a_second_environment_has_what_its_file_lists_and_no_more(
    project: Path,
) -> None:
    (project / "second.txt").write_text(f"{wheel(project, 'more @ file:///nowhere')}\n")
    python = environment.prepare(
        project, ["second.txt"], Home(project / "home"), name=".second", exactly=True
    )
    assert python.parts[-3] == ".second"
    subprocess.run([python, "-c", "import lonely"], check=True)
    assert not (project / ".venv").exists()


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
