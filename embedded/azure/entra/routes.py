"""Entra's HTTP: token endpoints (v1, v2), OpenID discovery, JWKS.

Microsoft identity platform, client credentials flow; RFC 6749 section 4.4.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from embedded.azure import forms, intake
from embedded.azure.entra import graph
from embedded.azure.entra.directory import LIFE, TokenDirectory
from embedded.azure.entra.errors import (
    ApplicationUnknown,
    MethodUnknown,
    MissingParameter,
    ResourceUnknown,
    SignInError,
    TenantUnknown,
    TooLarge,
    UnsupportedGrant,
    WrongSecret,
)
from embedded.azure.service import Json, Settings

REGISTRY_AUDIENCE = "https://containerregistry.azure.net"
#: Audiences that a token can be asked for, without a slash at the end.
AUDIENCES = (
    "https://management.azure.com",
    "https://management.core.windows.net",
    "https://graph.microsoft.com",
    REGISTRY_AUDIENCE,
)


#: A wrong one gets Entra's own refusal.
METHODS = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"]


class Entra:
    """The endpoints of one directory."""

    def __init__(self, settings: Settings, directory: TokenDirectory) -> None:
        self._settings = settings
        self._directory = directory
        openid = "/.well-known/openid-configuration"
        self.routes = [
            Route("/common/discovery/instance", self._instance),
            Route(f"/{{tenant}}{openid}", self._openid),
            Route(f"/{{tenant}}/v2.0{openid}", self._openid),
            Route("/{tenant}/discovery/keys", self._keys),
            Route("/{tenant}/discovery/v2.0/keys", self._keys),
            Route("/{tenant}/oauth2/token", self._token_v1, methods=METHODS),
            Route("/{tenant}/oauth2/v2.0/token", self._token_v2, methods=METHODS),
        ]

    async def _instance(self, request: Request) -> JSONResponse:
        """What MSAL asks of a host that it does not know."""
        host = self._settings.base_url.removeprefix("https://")
        tenant = self._directory.tenant_id
        aliases = {
            "preferred_network": host,
            "preferred_cache": host,
            "aliases": [host],
        }
        return JSONResponse(
            {
                "tenant_discovery_endpoint": f"{self._settings.base_url}/{tenant}"
                "/v2.0/.well-known/openid-configuration",
                "api-version": request.query_params.get("api-version", "1.1"),
                "metadata": [aliases],
            }
        )

    async def _openid(self, request: Request) -> JSONResponse:
        try:
            self._require_tenant(request.path_params["tenant"])
        except SignInError as error:
            return _refusal(error)
        base = f"{self._settings.base_url}/{self._directory.tenant_id}"
        return JSONResponse(
            {
                "issuer": self._directory.issuer(),
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "token_endpoint_auth_methods_supported": [
                    "client_secret_post",
                    "client_secret_basic",
                ],
                "response_types_supported": ["token"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "tenant_region_scope": "EU",
                "cloud_instance_name": "localhost",
                "cloud_graph_host_name": "graph.microsoft.com",
                "msgraph_host": "graph.microsoft.com",
            }
        )

    async def _keys(self, _: Request) -> JSONResponse:
        return JSONResponse({"keys": [self._directory.key.jwk()]})

    async def _token_v2(self, request: Request) -> JSONResponse:
        return await self._token(request, "scope")

    async def _token_v1(self, request: Request) -> JSONResponse:
        return await self._token(request, "resource")

    async def _token(self, request: Request, asked: str) -> JSONResponse:
        try:
            if request.method != "POST":
                raise MethodUnknown(request.method)
            form = await _form(request)
            self._require_tenant(request.path_params["tenant"])
            body = self._grant(form, asked)
        except SignInError as error:
            return _refusal(error)
        headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
        return JSONResponse(body, headers=headers)

    def _grant(self, form: Mapping[str, str], asked: str) -> Json:
        for name in ("grant_type", "client_id", asked):
            if not form.get(name):
                raise MissingParameter(name)
        if form["grant_type"] != "client_credentials":
            raise UnsupportedGrant(form["grant_type"])
        client_id = form["client_id"]
        if self._directory.application(client_id) is None:
            raise ApplicationUnknown(client_id)
        if "client_secret" not in form:
            raise MissingParameter("client_secret")
        principal = self._directory.sign_in(client_id, form["client_secret"])
        if principal is None:
            raise WrongSecret(client_id)
        audience = self._audience(form[asked])
        token = self._directory.issue(principal, audience)
        if asked == "scope":
            return _answer(token, LIFE)
        now = int(datetime.now(UTC).timestamp())
        more = {
            "expires_on": str(now + LIFE),
            "not_before": str(now),
            "resource": audience,
        }
        return {**_answer(token, str(LIFE)), **more}

    def _audience(self, asked: str) -> str:
        """``https://x/.default`` and ``https://x`` mean the audience ``https://x``."""
        scopes = [one for one in asked.split() if one.startswith("https://")]
        audience = (scopes or [asked])[0].removesuffix("/.default")
        known = (*AUDIENCES, self._settings.base_url, graph.resource(self._settings))
        if audience.rstrip("/") not in known:
            raise ResourceUnknown(audience)
        return audience

    def _require_tenant(self, tenant: str) -> None:
        own = (self._directory.tenant_id, "common", "organizations")
        if tenant.lower() not in own:
            raise TenantUnknown(tenant)


async def _form(request: Request) -> dict[str, str]:
    """The form's fields; client id and secret may come by HTTP Basic too.

    Raises TooLarge.
    """
    try:
        found = await forms.read(request)
    except intake.TooLarge as error:
        raise TooLarge(forms.LARGEST) from error
    form = {name: values[0] for name, values in found.items()}
    header = request.headers.get("authorization", "")
    if header.lower().startswith("basic "):
        try:
            pair = base64.b64decode(header[6:], validate=True).decode()
        except ValueError:
            return form
        client_id, _, secret = pair.partition(":")
        form |= {"client_id": unquote(client_id), "client_secret": unquote(secret)}
    return form


def _answer(token: str, life: int | str) -> Json:
    return {
        "token_type": "Bearer",
        "expires_in": life,
        "ext_expires_in": life,
        "access_token": token,
    }


def _refusal(error: SignInError) -> JSONResponse:
    body = {
        "error": error.error,
        "error_description": f"AADSTS{error.number}: {error.message}",
        "error_codes": [error.number],
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ"),
        "trace_id": str(uuid.uuid4()),
        "correlation_id": str(uuid.uuid4()),
    }
    return JSONResponse(body, error.status)
