"""The one place that decides which engine runs a stack, and in which cloud."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from embedded.errors import (
    CliMissing,
    CliNeeded,
    EngineNotForAzure,
    StackNameInvalid,
    VariableInvalid,
)

Engine = Literal["pulumi", "embedded"]
Cloud = Literal["azure", "embedded"]
#: The CLI's rule (pulumi/pulumi, sdk/go/common/tokens/names.go): it is a file's name.
STACK_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")


@dataclass(frozen=True)
class Choice:
    """What runs a stack, where, and why: one line to print."""

    engine: Engine
    cloud: Cloud
    reason: str

    def __str__(self) -> str:
        engine = "Pulumi CLI" if self.engine == "pulumi" else "embedded engine"
        cloud = "Azure" if self.cloud == "azure" else "local Azure"
        return f"{engine} ({self.reason}), {cloud}"


def cloud_of(stack: str) -> Cloud:
    """``local`` and ``local-…`` live in the embedded Azure, all others in Azure."""
    local = stack == "local" or stack.startswith("local-")
    return "embedded" if local else "azure"


def choose(
    stack: str, asked: str | None, environment: Mapping[str, str] = os.environ
) -> Choice:
    """The flag, else EMBEDDED_ENGINE, else the CLI if it is on PATH.

    Raises CliMissing, CliNeeded, EngineNotForAzure, StackNameInvalid, VariableInvalid.
    """
    cloud = cloud_of(stack)
    if cloud == "embedded" and not STACK_NAME.fullmatch(stack):
        raise StackNameInvalid(stack)
    there = shutil.which("pulumi", path=environment.get("PATH")) is not None
    wanted, reason = _wanted(asked, environment, there)
    if wanted == "pulumi":
        if not there:
            raise CliMissing
        return Choice("pulumi", cloud, reason)
    if cloud == "azure":
        raise EngineNotForAzure(stack) if there or asked else CliNeeded(stack)
    return Choice("embedded", cloud, reason)


def _wanted(
    asked: str | None, environment: Mapping[str, str], there: bool
) -> tuple[str, str]:
    if asked is not None:
        return asked, "by --engine"
    chosen = environment.get("EMBEDDED_ENGINE")
    if chosen:
        if chosen not in get_args(Engine):
            raise VariableInvalid("EMBEDDED_ENGINE", chosen, "pulumi or embedded")
        return chosen, "by EMBEDDED_ENGINE"
    if there:
        return "pulumi", "found on PATH"
    return "embedded", "no `pulumi` on PATH"
