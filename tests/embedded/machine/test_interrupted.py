"""Ctrl-C in the middle of the set-up."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]


def test_ctrl_c_ends_the_set_up_without_a_traceback(tmp_path: Path) -> None:
    """It comes while the set-up waits for a Docker Engine that says nothing."""
    tool = tmp_path / "docker-registry"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as engine:
        engine.bind(str(tmp_path / "docker.sock"))
        engine.listen()
        process = subprocess.Popen(
            [sys.executable, "-m", "embedded.machine", "up"],
            cwd=PROJECT,
            env={
                **os.environ,
                "PATH": f"{tmp_path}:{os.environ['PATH']}",
                "EMBEDDED_HOME": str(tmp_path / "home"),
                "DOCKER_HOST": f"unix://{tmp_path / 'docker.sock'}",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        connection, _ = engine.accept()
        with connection:
            process.send_signal(signal.SIGINT)
            said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "interrupted" in said
    assert "Traceback" not in said
