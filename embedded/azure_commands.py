"""``python -m embedded azure …``: the local Azure by hand."""

from __future__ import annotations

import argparse
import json
import shlex

from embedded.cloud import LocalAzure
from embedded.confirmation import confirm
from embedded.errors import AzureNotRunning
from embedded.home import Home


def start(_: argparse.Namespace) -> int:
    connection = _azure().start(automatic=False)
    print(f"The local Azure answers at {connection.arm_endpoint}")
    return 0


def stop(_: argparse.Namespace) -> int:
    ran = _azure().stop()
    print("The local Azure is stopped." if ran else "The local Azure did not run.")
    return 0


def status(_: argparse.Namespace) -> int:
    """0 if it runs, 1 if not."""
    azure = _azure()
    known = azure.connection
    if known is None:
        raise AzureNotRunning
    print(f"The local Azure answers at {known.arm_endpoint} (pid {known.pid})")
    groups = azure.groups()
    print(f"Resource groups: {', '.join(groups) if groups else 'none'}")
    return 0


def env(options: argparse.Namespace) -> int:
    """Lines for ``eval "$(python -m embedded azure env)"``, or one JSON object."""
    azure = _azure()
    if azure.connection is None:
        raise AzureNotRunning
    values = azure.environment()
    if options.json:
        print(json.dumps(values, indent=4))
        return 0
    for name, value in values.items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def reset(options: argparse.Namespace) -> int:
    if not options.yes:
        confirm("azure reset", "Delete everything in the local Azure?")
    _azure().reset()
    print("The local Azure is empty and stopped.")
    return 0


def _azure() -> LocalAzure:
    return LocalAzure(Home.find())
