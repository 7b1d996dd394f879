"""Signing in at the registry: the caller's own Entra token, or a user name and secret.

https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md: an Entra access token is
exchanged for a refresh token of the registry, which lives for some hours.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import authorization, containerregistry

from infra.settings.access import AccessSettings
from infra.trust import context

if TYPE_CHECKING:
    from infra.registry import Registry

AUDIENCE = "https://containerregistry.azure.net"
#: The user name that goes with a refresh token in place of a password.
USERNAME = "00000000-0000-0000-0000-000000000000"


class SignInRefused(pulumi.RunError):
    """The registry did not take the caller's token."""

    def __init__(self, login_server: str, reason: object) -> None:
        super().__init__(
            f"Signing in at the registry {login_server} failed: {reason}. The caller "
            "needs a role that may push there: AcrPush, Contributor or Owner; in ABAC "
            "mode Container Registry Repository Writer, and none of the others counts."
        )


class RegistrySilent(pulumi.RunError):
    """Nobody answers at the registry's address."""

    def __init__(self, login_server: str, reason: object) -> None:
        super().__init__(
            f"The registry {login_server} does not answer: {reason}. If somebody has "
            "deleted it, `refresh` finds out, and `up` makes it anew. If it is closed "
            "to this network, push from one that it is open to."
        )


@dataclass(frozen=True)
class Credentials:
    """A user name and its secret, as registries take them."""

    username: pulumi.Input[str]
    password: pulumi.Output[str]


def for_push(registry: Registry, settings: AccessSettings) -> Credentials:
    """Whom the push signs in as, by the key ``push``."""
    if settings.push == "admin":
        return admin(registry)
    if settings.push == "servicePrincipal":
        return application(settings)
    return Credentials(USERNAME, push_token(registry.login_server))


def admin(registry: Registry) -> Credentials:
    """The admin user, who has to be enabled."""
    found = containerregistry.list_registry_credentials_output(
        registry_name=registry.name, resource_group_name=registry.group_name
    )
    passwords = found.apply(lambda one: (one.passwords or [])[0].value or "")
    username = found.apply(lambda one: one.username or "")
    return Credentials(username, pulumi.Output.secret(passwords))


def application(settings: AccessSettings) -> Credentials:
    """The application of the key ``servicePrincipal``."""
    principal = settings.service_principal
    assert principal is not None, "the settings have been checked"
    return Credentials(principal.client_id, pulumi.Output.secret(principal.secret))


def push_token(login_server: pulumi.Output[str]) -> pulumi.Output[str]:
    """A secret token for pushing. A preview pushes nothing, and asks for none."""
    if pulumi.runtime.is_dry_run():
        return pulumi.Output.secret("")
    entra = authorization.get_client_token_output(endpoint=AUDIENCE)
    token = pulumi.Output.all(login_server, entra.token).apply(
        lambda both: exchange(both[0], both[1])
    )
    return pulumi.Output.secret(token)


def exchange(login_server: str, entra_token: str) -> str:
    """The registry's refresh token. Raises SignInRefused, RegistrySilent."""
    form = {
        "grant_type": "access_token",
        "service": login_server,
        "access_token": entra_token,
    }
    request = urllib.request.Request(
        f"https://{login_server}/oauth2/exchange",
        data=urllib.parse.urlencode(form).encode(),
    )
    try:
        with urllib.request.urlopen(request, timeout=30, context=context()) as answer:  # noqa: S310
            token: str = json.load(answer)["refresh_token"]
    except (urllib.error.HTTPError, ValueError, KeyError) as error:
        raise SignInRefused(login_server, error) from error
    except urllib.error.URLError as error:
        raise RegistrySilent(login_server, error.reason) from error
    except OSError as error:
        raise RegistrySilent(login_server, error) from error
    return token
