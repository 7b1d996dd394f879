"""The Azure SDKs for Python, pointed at the local Azure."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from azure.core.exceptions import HttpResponseError
from azure.core.polling import LROPoller
from azure.identity import ClientSecretCredential

Azure = Any
HERE = {"location": "westeurope"}
#: The body of a small registry.
BASIC: dict[str, Any] = {**HERE, "sku": {"name": "Basic"}}
#: Without Retry-After a poller sleeps 30 s between two polls.
SOON = 25.0
Open = Callable[[Callable[..., Any]], Any]


def sign_in(azure: Azure, secret: str) -> ClientSecretCredential:
    known = azure.connection
    return ClientSecretCredential(
        known["tenantId"],
        known["clientId"],
        secret,
        authority=azure.url,
        disable_instance_discovery=True,
        connection_verify=str(azure.ca_file),
    )


def finished(poller: LROPoller[Any]) -> Any:
    """The result of an operation that must not make its user wait."""
    begun = time.monotonic()
    found = poller.result()
    assert poller.status() in ("Succeeded", "succeeded")
    assert time.monotonic() - begun < SOON
    return found


def refusal(error: HttpResponseError) -> tuple[int | None, str | None]:
    assert error.error is not None
    return error.status_code, error.error.code
