from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import Severity

from ..kinds import CONTAINER_GROUP
from ..rule import Config, Properties, Rule
from .parts import address, published

ALLOWED = (80, 443, 8080, 8443)


def check(group: Properties, config: Config) -> Iterator[str]:
    if address(group).get("type") != "Public":
        return
    for port in published(group):
        if port not in config["allowed"]:
            yield f"Port {port} is on a public address."


RULE = Rule(
    "container-group-ports-allowed",
    "Only ports that are meant for it are on a public address.",
    change="Take the port out of `ip_address`, or add it to `allowed` of this rule.",
    severity=Severity.HIGH,
    config={
        "allowed": {
            "type": "array",
            "items": {"type": "integer", "minimum": 1, "maximum": 65535},
            "default": list(ALLOWED),
            "description": "Ports that may be public",
        }
    },
    source="https://learn.microsoft.com/azure/container-instances/container-instances-image-security",
).about([CONTAINER_GROUP], check)
