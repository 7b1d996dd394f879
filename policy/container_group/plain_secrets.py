from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import Severity

from ..kinds import CONTAINER_GROUP
from ..rule import Config, Properties, Rule
from ..secret_texts import looks_secret
from .parts import variables


def check(variable: Properties, _: Config) -> Iterator[str]:
    name = str(variable.get("name") or "")
    if looks_secret(name, str(variable.get("value") or "")):
        yield f"The variable {name} looks like a secret, and whoever reads sees it."


RULE = Rule(
    "container-no-plain-secrets",
    "No secret is a plain environment variable: the portal and the API show those.",
    change="Set `secure_value` instead of `value`.",
    severity=Severity.CRITICAL,
    source="https://learn.microsoft.com/azure/container-instances/container-instances-environment-variables#secure-values",
).about([CONTAINER_GROUP], check, each=variables)
