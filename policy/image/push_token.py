from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import Severity

from ..kinds import IMAGE
from ..references import Reference
from ..rule import Config, Properties, Rule, texts

#: The user name that goes with a token in place of a password.
TOKEN_USER = "00000000-0000-0000-0000-000000000000"  # noqa: S105 (no secret)
HOSTS = ("*.azurecr.io", "localhost:*")


def check(image: Properties, config: Config) -> Iterator[str]:
    registry = image.get("registry") or {}
    user = registry.get("username")
    if not user or user == TOKEN_USER:
        return
    host = Reference.parse(f"{registry.get('server') or ''}/").host
    if Reference(host, "", "", "").is_from(config["hosts"]):
        yield f"The push to {host} signs in as {user!r}."


RULE = Rule(
    "image-push-by-token",
    "A push signs in with a token that ends soon, not with a lasting password.",
    change=(
        f"Set `registry.username` to {TOKEN_USER} and the password to a token that "
        "the registry gave for an Entra token."
    ),
    severity=Severity.HIGH,
    config={"hosts": texts(HOSTS, "Registries of Azure; `*` stands for anything")},
    source="https://learn.microsoft.com/azure/container-registry/container-registry-authentication#individual-login-with-microsoft-entra-id",
).about([IMAGE], check)
