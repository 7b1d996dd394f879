"""What a machine may lack: such tests skip with a reason, or fail if they must run."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from embedded.machine import engine_api  # noqa: E402
from embedded.machine.errors import MachineError  # noqa: E402
from tests.hurry import take_time  # noqa: E402

take_time()

# Debian's docker-registry may be unpacked here and not installed.
TOOLS = PROJECT / ".embedded" / "packages" / "usr" / "bin"
os.environ["PATH"] = f"{TOOLS}:{os.environ.get('PATH', '')}"


@cache
def docker_missing() -> str | None:
    """Why tests with containers cannot run here; None if they can."""
    host = engine_api.address()
    try:
        if not engine_api.answers(host):
            return f"no Docker Engine answers at {host}"
    except MachineError as error:
        return str(error)
    if shutil.which("docker-registry") is None:
        return "no `docker-registry` (Debian's Distribution) on PATH"
    return None


def az_missing() -> str | None:
    python = PROJECT / ".venv-az" / "bin" / "python"
    return None if python.exists() else "no az in .venv-az: `make test` puts it there"


def skopeo_missing() -> str | None:
    return None if shutil.which("skopeo") else "no `skopeo` on PATH"


#: Marker -> why what it needs is missing, or None. CI has all of it (REQUIRE_DOCKER=1).
NEEDS: Mapping[str, Callable[[], str | None]] = {
    "docker": docker_missing,
    "az": az_missing,
    "skopeo": skopeo_missing,
}


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("cli") and shutil.which("pulumi") is None:
        pytest.skip("no `pulumi` on PATH")
    asked = [test for name, test in NEEDS.items() if item.get_closest_marker(name)]
    reason = next(filter(None, (test() for test in asked)), None)
    if reason is not None and os.environ.get("REQUIRE_DOCKER") == "1":
        pytest.fail(f"REQUIRE_DOCKER=1, and {reason}", pytrace=False)
    if reason is not None:
        pytest.skip(reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The last word of a run: what was not tested, and why."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons: dict[str, int] = {}
    for report in skipped:
        reason = str(report.longrepr[-1]).removeprefix("Skipped: ")
        reasons[reason] = reasons.get(reason, 0) + 1
    terminalreporter.section("not tested")
    if not reasons:
        terminalreporter.line("nothing: every test ran")
    for reason, count in sorted(reasons.items()):
        terminalreporter.line(f"{count} tests: {reason}")
