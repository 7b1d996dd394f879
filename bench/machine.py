"""The machine in one line, and what it lacks for a figure."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from bench.figure import NotMeasurable
from embedded.home import Home
from embedded.machine import engine_api
from embedded.machine.errors import MachineError


def describe() -> str:
    """``2 x Intel Xeon …, 24 GB, Debian GNU/Linux 12, Python 3.11.2, Docker 20.10``."""
    parts = [
        f"{os.cpu_count()} x {_processor()}",
        f"{_memory():.0f} GB",
        _system(),
        f"Linux {platform.release()}",
        f"Python {platform.python_version()}",
        f"Docker Engine {_version('docker', 'version', '-f', '{{.Server.Version}}')}",
        f"Pulumi CLI {_version('pulumi', 'version')}",
    ]
    return f"{', '.join(parts)}."


def require_docker() -> None:
    """Raises NotMeasurable without an engine, its client, or a registry."""
    host = engine_api.address()
    try:
        answers = engine_api.answers(host)
    except MachineError as error:
        raise NotMeasurable(str(error)) from error
    if not answers:
        raise NotMeasurable(f"no Docker Engine answers at {host}")
    for name in ("docker", "docker-registry"):
        require(name)


def find_packages() -> None:
    """Put on PATH what the set-up has unpacked and not installed."""
    tools = str(Home.find().packages / "usr" / "bin")
    os.environ["PATH"] = os.pathsep.join([tools, os.environ.get("PATH", os.defpath)])


def require(name: str) -> str:
    """The path of a command. Raises NotMeasurable."""
    found = shutil.which(name)
    if found is None:
        raise NotMeasurable(f"no `{name}` on PATH")
    return found


def resident(pid: int) -> float:
    """Megabytes (10**6 bytes) of a process now. Raises NotMeasurable without /proc."""
    return _status(pid, "VmRSS")


def highest(pid: int) -> float:
    """The most megabytes that a process ever had."""
    return _status(pid, "VmHWM")


def _status(pid: int, name: str) -> float:
    file = Path(f"/proc/{pid}/status")
    if not file.exists():
        raise NotMeasurable("there is no /proc here")
    found = re.search(rf"^{name}:\s+(\d+) kB", file.read_text(), re.MULTILINE)
    assert found is not None
    return int(found.group(1)) * 1024 / 1e6


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    text = file.read_text() if file.exists() else ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found.group(1).strip() if found else platform.processor() or "processor"


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def _version(*command: str) -> str:
    if shutil.which(command[0]) is None:
        return "(none)"
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.stdout.strip().removeprefix("v") or "(none)"
