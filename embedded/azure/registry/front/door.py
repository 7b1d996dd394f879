"""Who reaches the data plane at all: public network access and the IP rules.

https://learn.microsoft.com/azure/container-registry/container-registry-access-selected-networks
Everybody here comes from this machine, as 127.0.0.1.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from embedded.azure.registry.front.refusals import refusal
from embedded.azure.store import Document

LOOPBACK = "127.0.0.1"


class Door:
    """An application behind the network rules that a registry has right now."""

    def __init__(self, inner: ASGIApp, current: Callable[[], Document]) -> None:
        self._inner = inner
        self._current = current

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = (scope.get("client") or (LOOPBACK, 0))[0]
        caller = LOOPBACK if ipaddress.ip_address(host).is_loopback else host
        if is_open(self._current().body["properties"], caller):
            await self._inner(scope, receive, send)
            return
        message = (
            f"client with IP '{caller}' is not allowed access. Refer "
            "https://aka.ms/acr/firewall to grant access."
        )
        await refusal(403, "DENIED", message)(scope, receive, send)


def is_open(properties: Mapping[str, Any], caller: str) -> bool:
    """Whether an IPv4 address gets in."""
    if properties["publicNetworkAccess"] == "Disabled":
        return False
    rules = properties.get("networkRuleSet") or {}
    if (rules.get("defaultAction") or "Allow") == "Allow":
        return True
    address = ipaddress.IPv4Address(caller)
    allowed = (
        ipaddress.IPv4Network(one["value"]) for one in rules.get("ipRules") or ()
    )
    return any(address in network for network in allowed)
