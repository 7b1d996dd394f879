"""A token of the registry that may pull one repository, and its password.

Azure tells a password once, when it is made, and azure-native has no resource for it:
it is made here by a dynamic resource, and kept as a secret of the state. Two passwords
take turns, so that a new one never ends the one that is in use.

https://learn.microsoft.com/azure/container-registry/container-registry-token-based-repository-permissions
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pulumi
from pulumi import dynamic
from pulumi_azure_native import authorization, containerregistry

from infra import arm

NAME = "acr-lab-pull"
VERSION = "2023-01-01-preview"
DAY = 24 * 60 * 60
#: What makes another password; the rest of the inputs is only for making it.
IDENTIFYING = ("expiry", "password", "token")


@dataclass(frozen=True)
class Term:
    """The time in which one password is the newest; the one before still counts."""

    number: int
    seconds: int

    @classmethod
    def at(cls, now: float, days: int) -> Term:
        return cls(int(now // (days * DAY)), days * DAY)

    @property
    def password(self) -> str:
        return "password1" if self.number % 2 else "password2"

    @property
    def expiry(self) -> str:
        """The end of the next term."""
        end = datetime.fromtimestamp((self.number + 2) * self.seconds, UTC)
        return end.isoformat().replace("+00:00", "Z")


class PasswordProvider(dynamic.ResourceProvider):
    """Makes a password; there is nothing to read, change or delete afterwards."""

    serialize_as_secret_always = False  # there is no secret in this class

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        registry, _, _ = props["token"].rpartition("/tokens/")
        body = {
            "tokenId": props["token"],
            "name": props["password"],
            "expiry": props["expiry"],
        }
        path = f"{registry}/generateCredentials"
        answer = arm.post(path, VERSION, body, props["armToken"])
        made = {one["name"]: one.get("value") for one in answer["passwords"]}
        kept = {name: props[name] for name in IDENTIFYING}
        outputs = {**kept, "value": made[props["password"]]}
        return dynamic.CreateResult(f"{props['token']}/{props['password']}", outputs)

    def diff(
        self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]
    ) -> dynamic.DiffResult:
        changed = [one for one in IDENTIFYING if _olds.get(one) != _news.get(one)]
        return dynamic.DiffResult(changes=bool(changed), replaces=changed)


class Password(dynamic.Resource):
    """``value`` is a secret."""

    value: pulumi.Output[str]


class PullToken(pulumi.ComponentResource):
    """The token, its scope map and its newest password."""

    def __init__(
        self,
        group_name: pulumi.Input[str],
        registry_name: pulumi.Input[str],
        repository: str,
        days: int,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("acr-lab:index:PullToken", NAME, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        scope_map = containerregistry.ScopeMap(
            NAME,
            actions=[
                f"repositories/{repository}/content/read",
                f"repositories/{repository}/metadata/read",
            ],
            description="Pull the image of the container group",
            registry_name=registry_name,
            resource_group_name=group_name,
            scope_map_name=NAME,
            opts=child,
        )
        token = containerregistry.Token(
            NAME,
            registry_name=registry_name,
            resource_group_name=group_name,
            scope_map_id=scope_map.id,
            status=containerregistry.TokenStatus.ENABLED,
            token_name=NAME,
            opts=child,
        )
        term = Term.at(time.time(), days)
        made = Password(
            PasswordProvider(),
            f"{NAME}-password",
            {
                "armToken": pulumi.Output.secret(
                    authorization.get_client_token_output().token
                ),
                "expiry": term.expiry,
                "password": term.password,
                "token": token.id,
                "value": None,
            },
            pulumi.ResourceOptions(parent=self, additional_secret_outputs=["value"]),
        )
        self.username = token.name
        self.password = made.value
        self.made = made
        self.register_outputs({"username": self.username})
