from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import Severity

from ..kinds import REGISTRY
from ..rule import Config, Properties, Rule


def check(registry: Properties, _: Config) -> Iterator[str]:
    if registry.get("adminUserEnabled"):
        yield "`adminUserEnabled` is true."


RULE = Rule(
    "registry-admin-user-off",
    "A registry has no admin user: its password opens everything and names nobody.",
    change="Leave `admin_user_enabled` out; push with a token, pull with an identity.",
    severity=Severity.HIGH,
    source="https://learn.microsoft.com/azure/container-registry/container-registry-authentication#admin-account",
).about([REGISTRY], check)
