"""The command line in front of the Pulumi CLI, which a script stands in for here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
#: It cancels as the CLI does: what is under way ends first.
CLI = f"""#!{sys.executable}
import pathlib, signal, sys, time
here = pathlib.Path(__file__).parent
stop = []
signal.signal(signal.SIGINT, lambda *_: stop.append(1))
if sys.argv[1] == "up":
    (here / "runs").touch()
    end = time.monotonic() + 30
    while not stop and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(1)
    (here / "unlocked").touch()
    sys.exit(7)
"""


def test_ctrl_c_is_the_cli_s_to_handle(tmp_path: Path) -> None:
    cli = tmp_path / "pulumi"
    cli.write_text(CLI)
    cli.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "-m", "embedded", "up", "--stack", "dev", "--yes"],
        cwd=PROJECT,
        env={
            **os.environ,
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "EMBEDDED_HOME": str(tmp_path / "home"),
            "EMBEDDED_ENGINE": "pulumi",
        },
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while not (tmp_path / "runs").exists():
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it
    _, errors = process.communicate(timeout=30)
    assert (tmp_path / "unlocked").exists()
    assert process.returncode == 7
    assert errors == b""
