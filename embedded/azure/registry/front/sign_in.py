"""``/oauth2/exchange`` and ``/oauth2/token``.

https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md and
https://distribution.github.io/distribution/spec/auth/
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from embedded.azure import forms, intake
from embedded.azure.registry.front import scopes
from embedded.azure.registry.front.callers import Caller, Callers, Unauthorized
from embedded.azure.registry.front.refusals import refusal
from embedded.azure.registry.front.tokens import ACCESS_LIFE, Tokens

Form = Mapping[str, Sequence[str]]


class SignIn:
    """The token endpoints of one registry."""

    def __init__(self, callers: Callers, tokens: Tokens, tenant: str) -> None:
        self._callers = callers
        self._tokens = tokens
        self._tenant = tenant

    async def exchange(self, request: Request) -> Response:
        """An Entra access token for a refresh token of the registry."""
        try:
            form = await forms.read(request)
        except intake.TooLarge:
            return too_large()
        if _one(form, "grant_type") not in (
            "access_token",
            "access_token_refresh_token",
        ):
            return refusal(400, "UNSUPPORTED", "the grant type must be access_token")
        try:
            caller = self._callers.by_entra_token(_one(form, "access_token"))
        except Unauthorized as error:
            return refusal(401, "UNAUTHORIZED", str(error))
        token = self._tokens.refresh(caller.subject, self._tenant, caller.kind)
        return JSONResponse({"refresh_token": token})

    async def token(self, request: Request) -> Response:
        """Credentials for an access token of the scopes that are asked for."""
        try:
            if request.method == "POST":
                form: Form = await forms.read(request)
                caller = self._by_form(form)
                asked = form.get("scope", [])
            else:
                caller = self._by_header(request.headers.get("authorization"))
                asked = request.query_params.getlist("scope")
                form = {"access_type": self._offline(request)}
        except intake.TooLarge:
            return too_large()
        except Unauthorized as error:
            return refusal(401, "UNAUTHORIZED", str(error))
        return JSONResponse(self._answer(caller, asked, form))

    def _by_form(self, form: Form) -> Caller:
        grant = _one(form, "grant_type")
        if grant == "refresh_token":
            return self._callers.by_refresh_token(_one(form, "refresh_token"))
        if grant == "password":
            username, password = _one(form, "username"), _one(form, "password")
            return self._callers.by_password(username, password)
        raise Unauthorized("the grant type must be refresh_token or password")

    def _by_header(self, header: str | None) -> Caller:
        if not header:
            return self._callers.anonymous()
        scheme, _, text = header.partition(" ")
        if scheme.lower() == "bearer":
            return self._callers.by_refresh_token(text)
        try:
            pair = base64.b64decode(text, validate=True).decode()
        except ValueError as error:
            raise Unauthorized("the Authorization header is no Basic one") from error
        username, _, password = pair.partition(":")
        return self._callers.by_password(username, password)

    def _answer(
        self, caller: Caller, asked: Sequence[str], form: Form
    ) -> dict[str, object]:
        found = scopes.granted(scopes.parse(asked), caller.allows)
        token = self._tokens.access(caller.subject, found)
        answer: dict[str, object] = {
            "access_token": token,
            "token": token,
            "token_type": "Bearer",
            "expires_in": ACCESS_LIFE,
            "issued_at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        }
        if _one(form, "access_type") == "offline" and caller.kind != "anonymous":
            kind = caller.kind
            answer["refresh_token"] = self._tokens.refresh(
                caller.subject, self._tenant, kind
            )
        return answer

    def _offline(self, request: Request) -> list[str]:
        offline = request.query_params.get("offline_token") == "true"
        return ["offline"] if offline else []


def _one(form: Form, name: str) -> str:
    values = form.get(name) or [""]
    return values[0]


def too_large() -> JSONResponse:
    return refusal(413, "SIZE_INVALID", f"the form has more than {forms.LARGEST} bytes")
