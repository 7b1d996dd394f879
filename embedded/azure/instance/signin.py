"""How a container group signs in to the registry that holds an image.

With an identity: an Entra token of that identity is exchanged at the registry for a
refresh token (ACR's ``/oauth2/exchange``), which is the password of the user
``00000000-0000-0000-0000-000000000000``. With a password: as it is.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from embedded.azure.instance.references import Reference
from embedded.azure.instance.spec import Credential

AUDIENCE = "https://containerregistry.azure.net"
TOKEN_USER = "00000000-0000-0000-0000-000000000000"  # noqa: S105 - ACR's user name
TIMEOUT = 10.0


class SignInRefused(Exception):
    """The registry did not take the identity; the message says why."""


@dataclass(frozen=True)
class SignIn:
    """What to show a registry: nothing, a password, or a token of an identity.

    ``token`` is an Entra token for AUDIENCE, ``tenant`` the directory it is from.
    """

    credential: Credential | None = None
    token: str | None = field(default=None, repr=False)
    tenant: str = ""

    def authentication(self, image: Reference, ca_file: Path) -> dict[str, str]:
        """Docker's AuthConfig; empty for an anonymous pull. Raises SignInRefused."""
        given = self.credential
        if given is None:
            return {}
        username, password = given.username or "", given.password or ""
        if self.token is not None:
            username, password = TOKEN_USER, self._exchange(image, ca_file)
        return {
            "username": username,
            "password": password,
            "serveraddress": image.host,
        }

    def _exchange(self, image: Reference, ca_file: Path) -> str:
        if not image.is_loopback:
            # The token means nothing elsewhere, and is nobody else's business.
            raise SignInRefused(
                f"identities of the embedded Azure cannot sign in to '{image.host}'"
            )
        answer = self._post(image.host, ca_file)
        if answer.status_code != 200:
            raise SignInRefused(
                f"the registry '{image.host}' refused the identity"
                f" '{self.credential and self.credential.identity}' with status"
                f" {answer.status_code}; does it have the role AcrPull there?"
            )
        return str(answer.json().get("refresh_token", ""))

    def _post(self, host: str, ca_file: Path) -> httpx.Response:
        form = {
            "grant_type": "access_token",
            "service": host,
            "tenant": self.tenant,
            "access_token": self.token or "",
        }
        try:
            trust = ssl.create_default_context(cafile=str(ca_file))
            with httpx.Client(verify=trust, timeout=TIMEOUT, trust_env=False) as http:
                return http.post(f"https://{host}/oauth2/exchange", data=form)
        except (httpx.HTTPError, OSError) as error:
            reason = str(error) or type(error).__name__
            raise SignInRefused(
                f"the registry '{host}' did not answer /oauth2/exchange: {reason}"
            ) from error
