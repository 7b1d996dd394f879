"""Signing in at the registry with the caller's own Entra token, for the push.

https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md: an Entra access token is
exchanged for a refresh token of the registry, which lives for some hours.
"""

from __future__ import annotations

import json
import os
import ssl
import urllib.parse
import urllib.request

import pulumi
from pulumi_azure_native import authorization

AUDIENCE = "https://containerregistry.azure.net"
#: The user name that goes with a refresh token in place of a password.
USERNAME = "00000000-0000-0000-0000-000000000000"


class SignInRefused(pulumi.RunError):
    """The registry did not take the caller's token."""

    def __init__(self, login_server: str, reason: object) -> None:
        super().__init__(
            f"Signing in at the registry {login_server} failed: {reason}. The caller "
            "needs a role that may push there: AcrPush, Contributor or Owner."
        )


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
    """The registry's refresh token. Raises SignInRefused."""
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
        with urllib.request.urlopen(request, timeout=30, context=_trust()) as answer:  # noqa: S310
            token: str = json.load(answer)["refresh_token"]
    except (OSError, ValueError, KeyError) as error:
        raise SignInRefused(login_server, error) from error
    return token


def _trust() -> ssl.SSLContext:
    """The system's CAs, or those of a bundle that the environment names."""
    names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    file = next((os.environ[name] for name in names if os.environ.get(name)), None)
    return ssl.create_default_context(cafile=file)
