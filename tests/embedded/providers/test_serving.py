"""The plugin process itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2
from pulumi.runtime.proto import provider_pb2 as pb

BIN = Path(__file__).resolve().parents[3] / "embedded" / "providers" / "bin"
PACKAGES = [("azure-native", "3.29.0"), ("docker", "5.2.0")]


@pytest.mark.parametrize(("package", "version"), PACKAGES)
def test_it_introduces_itself_and_can_be_attached_to(
    launch: Callable[..., Any], package: str, version: str
) -> None:
    stub = launch(package).stub
    assert stub.GetPluginInfo(empty_pb2.Empty()).version == version
    stub.Handshake(pb.ProviderHandshakeRequest())
    stub.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1"))
    stub.Cancel(empty_pb2.Empty())


@pytest.mark.parametrize(("package", "version"), PACKAGES)
def test_it_does_not_outlive_the_engine_that_started_it(
    package: str, version: str
) -> None:
    plugin = BIN / f"pulumi-resource-{package}"
    code = (
        "import subprocess, sys\n"
        "made = subprocess.Popen([sys.argv[1]], stdout=subprocess.PIPE)\n"
        "made.stdout.readline()\n"
        "print(made.pid)\n"
    )
    parent = subprocess.run(
        [sys.executable, "-c", code, plugin],
        env={**os.environ, "EMBEDDED_PYTHON": sys.executable},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    pid = int(parent.stdout)
    end = time.monotonic() + 5
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.1)
    assert not alive(pid)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[-1].split()[0]
    except OSError:
        return False
    return state != "Z"
