"""What is left, and what happens next, when the engine or a part of it is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

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
