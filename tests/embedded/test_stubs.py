"""What only speaks the protocol does not wait for the SDK."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PROCESSES = (
    "embedded.cli, embedded.stack_commands, embedded.embedded_engine",
    "embedded.providers.azure_native.package, embedded.providers.serving",
    "embedded.providers.docker.package, embedded.providers.serving",
)


def modules(code: str) -> set[str]:
    """The names of all modules that a process has after the code."""
    whole = f"{code}\nimport sys\nprint(*sys.modules)"
    command = [sys.executable, "-c", whole]
    return set(subprocess.check_output(command, cwd=PROJECT, text=True).split())


@pytest.mark.parametrize("names", PROCESSES)
def test_a_process_that_declares_no_resources_imports_no_sdk(names: str) -> None:
    found = modules(f"from embedded import stubs\nstubs.use()\nimport {names}")
    assert "pulumi.runtime.proto.provider_pb2" in found
    assert "pulumi.resource" not in found


def test_the_sdk_that_is_there_already_stays() -> None:
    found = modules(
        "import pulumi\nfrom embedded import stubs\nstubs.use()\npulumi.log"
    )
    assert "pulumi.resource" in found


def test_the_program_is_started_before_the_engine_is_imported() -> None:
    found = modules("import embedded.cli, embedded.stack_commands")
    slow = {"grpc", "google.protobuf", "httpx", "yaml", "cryptography", "rich.console"}
    assert not slow & found
