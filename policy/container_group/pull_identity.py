from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import Severity

from ..kinds import CONTAINER_GROUP
from ..rule import Config, Properties, Rule
from .parts import credentials


def check(credential: Properties, _: Config) -> Iterator[str]:
    if credential.get("password") or credential.get("username"):
        yield f"The login at {credential.get('server')} is a user with a password."


RULE = Rule(
    "container-group-pull-by-identity",
    "A container group pulls with an identity, not with a password.",
    change=(
        "Set `identity` in `image_registry_credentials` and take username and "
        "password out."
    ),
    severity=Severity.HIGH,
    source="https://learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi",
).about([CONTAINER_GROUP], check, each=credentials)
