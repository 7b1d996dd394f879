"""The command line: what goes wrong before, or beside, a deployment."""

from __future__ import annotations

import os
import pty
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ports import free_port

PROJECT = Path(__file__).resolve().parents[2]
Command = Callable[..., "subprocess.CompletedProcess[str]"]
#: Python runs this first: whoever imports the module is interrupted by it.
INTERRUPT = """
import os, signal, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "embedded.cli":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder())
"""


#: The engine has a fault.
FAULT = """
import sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "embedded.embedded_engine":
            raise KeyError("of the test")

sys.meta_path.insert(0, Finder())
"""


def surroundings(home: Path) -> dict[str, str]:
    """No engine but the embedded one, and a home and a port of the test's own."""
    own = {"EMBEDDED_HOME": str(home), "EMBEDDED_PORT": str(free_port())}
    return {**os.environ, **own, "EMBEDDED_ENGINE": "embedded"}


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    """``python -m embedded …``; no traceback is ever shown."""
    around = surroundings(tmp_path / "home")

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "embedded", *arguments],
            check=False,
            cwd=PROJECT,
            env={**around, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert "Traceback" not in done.stderr
        return done

    yield run
    if (tmp_path / "home" / "azure").exists():
        run("azure", "stop")


@pytest.mark.parametrize("name", ["local-../../other", "local-a b", "local-", "-"])
def test_a_stack_has_the_name_of_a_file(command: Command, name: str) -> None:
    before = sorted(PROJECT.iterdir())
    done = command("stack", "output", f"--stack={name}")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert sorted(PROJECT.iterdir()) == before


def test_a_look_at_a_stack_that_there_is_not_makes_none(command: Command) -> None:
    before = sorted(PROJECT.iterdir())
    for verb in ("stack output", "stack export", "refresh --yes"):
        done = command(*verb.split(), "--stack", "local-nobody-has-it")
        assert done.returncode == 2
        assert "no stack 'local-nobody-has-it'" in done.stderr
        assert "Pulumi.local-nobody-has-it.yaml" in done.stderr
    assert sorted(PROJECT.iterdir()) == before


def test_an_engine_that_there_is_not_is_named(command: Command) -> None:
    done = command("stack", "output", EMBEDDED_ENGINE="terraform")
    assert done.returncode == 2
    assert "EMBEDDED_ENGINE is 'terraform'" in done.stderr
    assert "pulumi or embedded" in done.stderr


@pytest.mark.parametrize(
    "arguments", [("azure", "status", "now"), ("stack", "output", "--verbose")]
)
def test_an_argument_too_many_is_no_option_of_the_cli(
    command: Command, arguments: tuple[str, ...]
) -> None:
    done = command(*arguments)
    assert done.returncode == 2
    assert f"unrecognized arguments: {arguments[-1]}" in done.stderr
    assert "Pulumi CLI" not in done.stderr


def test_an_export_to_nowhere_names_the_file(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "state.json"
    done = command("stack", "export", "--file", str(file))
    assert done.returncode == 1
    assert f"error: {file}: No such file or directory" in done.stderr


def test_an_import_of_what_is_no_text_names_the_file(
    command: Command, tmp_path: Path
) -> None:
    file = tmp_path / "state.json"
    file.write_bytes(b"\xff\xfe\x00")
    done = command("stack", "import", "--file", str(file))
    assert done.returncode == 1
    assert f"{file} is no text" in done.stderr


@pytest.mark.parametrize(
    "text", ["{}", "[]", '{"version": 3, "deployment": 5}', '{"deployment": [[1]]}']
)
def test_an_import_of_what_is_no_stack_is_refused(
    command: Command, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "state.json"
    file.write_text(text)
    done = command("stack", "import", "--file", str(file))
    assert done.returncode == 1
    assert "The state was not touched" in done.stderr


def test_a_home_that_is_no_folder_is_named(command: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    home = tmp_path / "file" / "home"
    for arguments in (("azure", "start"), ("stack", "output"), ("preview",)):
        done = command(*arguments, EMBEDDED_HOME=str(home))
        assert done.returncode == 1
        assert str(tmp_path / "file") in done.stderr


def test_a_fault_of_ours_is_no_traceback_and_is_noted(
    command: Command, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(FAULT)
    done = command("stack", "output", PYTHONPATH=str(tmp_path))
    log = tmp_path / "home" / "logs" / "faults.log"
    assert done.returncode == 1
    assert "error: This is a fault of acr-lab: KeyError: 'of the test'" in done.stderr
    assert str(log) in done.stderr
    assert "Traceback" in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_reader_that_has_seen_enough_is_no_crash(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "embedded", "--help"],
        cwd=PROJECT,
        env=surroundings(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr as errors:
        assert b"Traceback" not in errors.read()
    process.wait()


def test_ctrl_c_while_it_is_still_imported_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(INTERRUPT)
    done = subprocess.run(
        [sys.executable, "-m", "embedded", "preview"],
        check=False,
        cwd=PROJECT,
        env={**surroundings(tmp_path / "home"), "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (1, "interrupted\n")


@pytest.mark.parametrize(
    ("keys", "said", "code"),
    [
        (b"\x04", "Declined: nothing was changed.", 1),
        (b"no\n", "Declined: nothing was changed.", 1),
        (b"yes\n", "The local Azure is empty and stopped.", 0),
    ],
    ids=["Ctrl-D", "no", "yes"],
)
def test_a_question_is_answered(
    tmp_path: Path, keys: bytes, said: str, code: int
) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "embedded", "azure", "reset"],
        cwd=PROJECT,
        env=surroundings(tmp_path / "home"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = read_until(ours, b"(yes/no)")
    os.write(ours, keys)
    shown += read_until(ours, None)
    os.close(ours)
    assert process.wait() == code
    assert said in shown.decode()
    assert "Traceback" not in shown.decode()


def read_until(terminal: int, word: bytes | None) -> bytes:
    """What was shown, up to the word; None: to the end."""
    shown = b""
    while word is None or word not in shown:
        try:
            part = os.read(terminal, 1000)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        shown += part
    return shown


def test_a_local_azure_that_does_not_answer_is_told(
    command: Command, tmp_path: Path
) -> None:
    assert command("azure", "start").returncode == 0
    status = command("azure", "status")
    pid = int(status.stdout.split("(pid ")[1].split(")")[0])
    os.kill(pid, signal.SIGSTOP)
    try:
        done = command("azure", "status")
    finally:
        os.kill(pid, signal.SIGCONT)
    assert done.returncode == 1
    assert "runs and does not answer" in done.stderr
    assert "azure stop" in done.stderr
