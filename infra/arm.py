"""A call to Azure Resource Manager, for what azure-native has no resource for."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from typing import Any

import pulumi

from infra.trust import context

#: Clouds as azure-native and az name them -> the address of ARM.
CLOUDS = {
    "public": "https://management.azure.com",
    "usgovernment": "https://management.usgovcloudapi.net",
    "china": "https://management.chinacloudapi.cn",
}
METADATA_VERSION = "2022-09-01"
TIMEOUT = 60


class ArmRefused(pulumi.RunError):
    """Azure said no, or nothing."""

    def __init__(self, path: str, reason: object) -> None:
        super().__init__(f"Azure refused {path}: {reason}.")


def post(path: str, version: str, body: Any, token: str) -> Any:
    """The JSON of the answer. Raises ArmRefused."""
    request = urllib.request.Request(  # noqa: S310 (the cloud's own address)
        f"{endpoint()}{path}?api-version={version}",
        data=json.dumps(body).encode(),
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
    """ARM's address in the cloud that azure-native is told to use."""
    host = os.environ.get("ARM_METADATA_HOSTNAME")
    if not host:
        return CLOUDS[os.environ.get("ARM_ENVIRONMENT") or "public"]
    base = host if host.startswith("https://") else f"https://{host}"
    url = f"{base}/metadata/endpoints?api-version={METADATA_VERSION}"
    request = urllib.request.Request(url)  # noqa: S310 (always https)
    try:
        return str(_read(request)["resourceManager"]).rstrip("/")
    except (OSError, ValueError, KeyError) as error:
        raise ArmRefused(url, error) from error


def _read(request: urllib.request.Request) -> Any:
    with urllib.request.urlopen(request, timeout=TIMEOUT, context=context()) as answer:  # noqa: S310
        return json.load(answer)
