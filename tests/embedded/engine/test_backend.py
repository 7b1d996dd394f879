"""State in files: layout, atomicity, locks."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from embedded.engine.backend import FileBackend
from embedded.engine.errors import ProjectInvalid, StackLocked, StateDamaged

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def backend(tmp_path: Path) -> FileBackend:
    return FileBackend.open(f"file://{tmp_path}")


def script(text: str, *arguments: object) -> subprocess.Popen[str]:
    code = textwrap.dedent(text)
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_the_files_lie_where_the_cli_looks_for_them(
    backend: FileBackend, tmp_path: Path
) -> None:
    assert backend.load("p", "s") is None
    backend.save("p", "s", {"a": 1})
    backend.save("p", "s", {"a": 2})
    backend.record("p", "s", {"kind": "update"}, {"a": 2})
    body = json.loads((tmp_path / ".pulumi/stacks/p/s.json").read_text())
    assert body == {
        "version": 3,
        "checkpoint": {"stack": "organization/p/s", "latest": {"a": 2}},
    }
    assert '"a":1' in (tmp_path / ".pulumi/stacks/p/s.json.bak").read_text()
    assert (tmp_path / ".pulumi/meta.yaml").read_text() == "version: 1\n"
    history = sorted(one.suffixes[-2] for one in tmp_path.rglob("history/p/s/*"))
    assert history == [".checkpoint", ".history"]
    assert backend.load("p", "s") == {"a": 2}


def test_state_files_are_for_the_owner_only(backend: FileBackend) -> None:
    backend.save("p", "s", {})
    mode = backend.stack_file("p", "s").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"checkpoint": 1}',
        '{"version": 3, "checkpoint": {"latest": "x"}}',
        '{"version": 3, "checkpoint": {"latest": [1]}}',
    ],
)
def test_a_damaged_file_is_named_with_its_backup(
    backend: FileBackend, text: str
) -> None:
    backend.save("p", "s", {})
    backend.stack_file("p", "s").write_text(text)
    with pytest.raises(StateDamaged, match=r"s\.json is damaged.*s\.json\.bak"):
        backend.load("p", "s")


def test_a_backend_that_is_no_folder_is_refused() -> None:
    with pytest.raises(ProjectInvalid, match="s3://bucket"):
        FileBackend.open("s3://bucket")


def test_a_kill_in_the_middle_of_saving_leaves_a_whole_state(
    backend: FileBackend, tmp_path: Path
) -> None:
    saving = """
    import sys
    from embedded.engine.backend import FileBackend
    backend = FileBackend.open(sys.argv[1])
    number = 0
    while True:
        backend.save("p", "s", {"n": number, "filling": "x" * 50_000})
        number += 1
    """
    for _ in range(5):
        process = script(saving, f"file://{tmp_path}")
        end = time.monotonic() + 5
        while backend.load("p", "s") is None and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        body = backend.load("p", "s")
        assert body is not None
        assert len(body["filling"]) == 50_000


def test_a_full_disk_names_the_file_and_leaves_the_state_whole(
    backend: FileBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.save("p", "s", {"metadata": {"number": 1}})

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    file = backend.stack_file("p", "s")
    with pytest.raises(OSError, match=f"No space left on device: '{file}'"):
        backend.save("p", "s", {"metadata": {"number": 2}})
    assert backend.load("p", "s") == {"metadata": {"number": 1}}
    assert [one.name for one in file.parent.iterdir() if one.name[0] == "."] == []


def test_of_many_at_once_at_most_one_holds_the_lock(tmp_path: Path) -> None:
    racing = """
    import sys, time
    from embedded.engine.backend import FileBackend
    from embedded.engine.errors import StackLocked
    time.sleep(max(0, float(sys.argv[2]) - time.time()))
    try:
        with FileBackend.open(sys.argv[1]).lock("p", "s"):
            time.sleep(0.5)
            print("held")
    except StackLocked as error:
        print(error)
    """
    start = time.time() + 1.0
    racers = [script(racing, f"file://{tmp_path}", start) for _ in range(4)]
    said = [one.communicate()[0] for one in racers]
    assert sum(text == "held\n" for text in said) <= 1
    for text in said:
        assert text == "held\n" or "is locked by" in text


def test_a_lock_names_its_holder_and_ends_with_it(backend: FileBackend) -> None:
    with backend.lock("p", "s"):
        with (
            pytest.raises(StackLocked, match=rf"pid {os.getpid()}"),
            backend.lock("p", "s"),
        ):
            pass
        with backend.lock("p", "other"):
            pass
    with backend.lock("p", "s"):
        pass


def test_the_lock_of_a_dead_process_is_no_lock(
    backend: FileBackend, tmp_path: Path
) -> None:
    holding = """
    import os, sys
    from embedded.engine.backend import FileBackend
    with FileBackend.open(sys.argv[1]).lock("p", "s"):
        os._exit(9)
    """
    script(holding, f"file://{tmp_path}").communicate()
    assert list(tmp_path.rglob("locks/organization/p/s/*.json"))
    with backend.lock("p", "s"):
        pass
    assert not list(tmp_path.rglob("locks/organization/p/s/*.json"))


def test_the_lock_of_a_process_whose_number_is_used_again_is_no_lock(
    backend: FileBackend, tmp_path: Path
) -> None:
    with backend.lock("p", "s"):
        (file,) = tmp_path.rglob("locks/organization/p/s/*.json")
        held = json.loads(file.read_text())
    assert held["pid"] == os.getpid()
    file.write_text(json.dumps({**held, "started": "an earlier boot 1"}))
    with backend.lock("p", "s"):
        assert not file.exists()


def test_a_lock_of_the_cli_counts_while_its_process_lives(
    backend: FileBackend, tmp_path: Path
) -> None:
    with backend.lock("p", "s"):
        (file,) = tmp_path.rglob("locks/organization/p/s/*.json")
        held = json.loads(file.read_text())
    del held["started"]
    file.write_text(json.dumps(held))
    with pytest.raises(StackLocked), backend.lock("p", "s"):
        pass


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pid": [], "hostname": "a"}'])
def test_a_lock_that_names_nobody_counts_and_is_named(
    backend: FileBackend, tmp_path: Path, text: str
) -> None:
    with backend.lock("p", "s"):
        (file,) = tmp_path.rglob("locks/organization/p/s/*.json")
    file.write_text(text)
    said = f"does not say whose it is.*remove the lock: {file}"
    with pytest.raises(StackLocked, match=said), backend.lock("p", "s"):
        pass
    assert file.exists()


def test_a_user_without_a_name_holds_a_lock(
    backend: FileBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container that runs with a number (``docker run --user 12345``)."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 2**31 - 7)
    with backend.lock("p", "s"):
        (file,) = tmp_path.rglob("locks/organization/p/s/*.json")
        assert json.loads(file.read_text())["username"] == str(2**31 - 7)


def test_whoever_holds_the_lock_removes_what_others_have_half_written(
    backend: FileBackend, tmp_path: Path
) -> None:
    backend.save("p", "s", {})
    backend.record("p", "s", {}, {})
    folder = tmp_path / ".pulumi"
    left = [
        folder / "stacks/p/.s.json.abc",
        folder / "stacks/p/.s.json.bak.abc",
        folder / "history/p/s/.s-1.history.json.abc",
        folder / "locks/organization/p/s/.1.json.abc",
    ]
    other = folder / "stacks/p/.other.json.abc"
    for file in (*left, other):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{")
    with backend.lock("p", "s"):
        assert [file for file in left if file.exists()] == []
    assert other.exists()
