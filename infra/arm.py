"""A call to Azure Resource Manager, for what azure-native has no resource for."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pulumi

from infra.trust import context

#: Clouds as azure-native and az name them -> the address of ARM.
CLOUDS = {
    "public": "https://management.azure.com",
    "usgovernment": "https://management.usgovcloudapi.net",
    "china": "https://management.chinacloudapi.cn",
}
METADATA_VERSION = "2022-09-01"
#: Seconds for one answer, for an operation to end, and between two looks at it.
TIMEOUT, PATIENCE, POLL = 60, 300.0, 2.0


class ArmRefused(pulumi.RunError):
    """Azure said no, or nothing."""

    def __init__(self, path: str, reason: object) -> None:
        super().__init__(f"Azure refused {path}: {reason}.")


class CloudUnknown(pulumi.RunError):
    """ARM_ENVIRONMENT names none of Azure's clouds."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"ARM_ENVIRONMENT is {name!r}, and must be one of {', '.join(CLOUDS)}."
        )


@dataclass(frozen=True)
class Answer:
    """``body`` is None where there is none, as in a 202."""

    status: int
    headers: Mapping[str, str]
    body: Any


def post(path: str, version: str, body: Any, token: str) -> Any:
    """The JSON of what came of it. Raises ArmRefused.

    An operation may be accepted (202) and end later: its ``Location`` is asked until it
    answers with the result.
    https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
    """
    base = endpoint()
    data = json.dumps(body).encode()
    answer = _call(path, f"{base}{path}?api-version={version}", token, data)
    end = time.monotonic() + PATIENCE
    while answer.status == 202:
        where = answer.headers.get("Location", "")
        if not _is_same_host(where, base):  # the token is for ARM alone
            raise ArmRefused(path, f"202, and the way on is {where!r}")
        if time.monotonic() > end:
            raise ArmRefused(path, f"it has not ended within {PATIENCE:g} s")
        time.sleep(_pause(answer))
        answer = _call(path, where, token)
    return answer.body


def _is_same_host(one: str, other: str) -> bool:
    mine, its = urlsplit(one), urlsplit(other)
    return (mine.scheme, mine.hostname) == (its.scheme, its.hostname)


def _pause(answer: Answer) -> float:
    given = answer.headers.get("Retry-After", "")
    return float(given) if given.isdecimal() else POLL


def _call(path: str, url: str, token: str, data: bytes | None = None) -> Answer:
    """One request: a POST where there is ``data``. Raises ArmRefused."""
    request = urllib.request.Request(  # noqa: S310 (the cloud's own address)
        url,
        data=data,
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
        },
    )
    try:
        return _read(request)
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace")
        raise ArmRefused(path, f"{error.code} {text}") from error
    except (OSError, ValueError) as error:
        raise ArmRefused(path, error) from error


def endpoint() -> str:
    """ARM's address in the cloud that azure-native is told to use.

    Raises ArmRefused and CloudUnknown.
    """
    host = os.environ.get("ARM_METADATA_HOSTNAME")
    if not host:
        name = os.environ.get("ARM_ENVIRONMENT") or "public"
        if name not in CLOUDS:
            raise CloudUnknown(name)
        return CLOUDS[name]
    base = host if host.startswith("https://") else f"https://{host}"
    url = f"{base}/metadata/endpoints?api-version={METADATA_VERSION}"
    request = urllib.request.Request(url)  # noqa: S310 (always https)
    try:
        return str(_read(request).body["resourceManager"]).rstrip("/")
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ArmRefused(url, error) from error


def _read(request: urllib.request.Request) -> Answer:
    with urllib.request.urlopen(request, timeout=TIMEOUT, context=context()) as answer:  # noqa: S310
        text = answer.read()
        return Answer(answer.status, answer.headers, json.loads(text) if text else None)
