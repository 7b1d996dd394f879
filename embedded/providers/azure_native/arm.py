"""A client of ARM: signs in, sends, follows long-running operations."""

from __future__ import annotations

import json
import os
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from embedded.providers.resource import OutcomeUnknown, ProviderError

METADATA_VERSION = "2022-09-01"
#: Seconds before its end at which a token is not used any more.
MARGIN = 300.0
#: Seconds that one answer may take.
TIMEOUT = 120.0
#: Seconds between two polls where the server does not say, as azure-native has it.
INTERVAL = 10.0
TERMINAL = ("Succeeded", "Failed", "Canceled")

Json = dict[str, Any]


class NotForAzure(ProviderError):
    def __init__(self) -> None:
        super().__init__(
            "this is the stand-in of the azure-native provider, which serves the "
            "embedded Azure only (EMBEDDED_ARM_ENDPOINT is not set). For Azure take "
            "its folder off PATH and let Pulumi install the real one."
        )


class SettingMissing(ProviderError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is not set. `python -m embedded azure env` prints what is needed."
        )


class SignInFailed(ProviderError):
    """Entra refused."""


class ArmRefused(ProviderError):
    """An error of ARM, worded as azure-native words it."""

    def __init__(
        self, status: int, code: str, message: str, details: Sequence[Json] = ()
    ) -> None:
        self.status = status
        self.code = code
        more = f" Details={json.dumps(details)}" if details else ""
        super().__init__(f'Status={status} Code="{code}" Message="{message}"{more}')


class Unreachable(OutcomeUnknown):
    def __init__(self, url: str, reason: object) -> None:
        super().__init__(
            f"{url} does not answer: {reason}. Is the local Azure running? "
            "`python -m embedded azure status` tells."
        )


class Client:
    """Everything that is asked of ARM. ``config`` is the provider's configuration."""

    def __init__(self, config: Mapping[str, str]) -> None:
        self._config = config
        self._lock = threading.Lock()
        self._tokens: dict[str, tuple[str, float]] = {}
        if not os.environ.get("EMBEDDED_ARM_ENDPOINT"):
            raise NotForAzure
        # urllib3: twice as fast to import as its likes, and each run imports it.
        self._http = urllib3.PoolManager(
            ssl_context=_trust(), maxsize=16, timeout=TIMEOUT, retries=False
        )
        self._cloud = self._metadata()

    @property
    def subscription(self) -> str:
        return self._setting("subscriptionId", "ARM_SUBSCRIPTION_ID")

    @property
    def tenant(self) -> str:
        return self._setting("tenantId", "ARM_TENANT_ID")

    @property
    def client_id(self) -> str:
        return self._setting("clientId", "ARM_CLIENT_ID")

    def get(self, path: str, version: str) -> Json | None:
        """The body; None where there is nothing. Raises ArmRefused."""
        answer = self._send("GET", path, version)
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        return _body(answer)

    def put(self, path: str, version: str, body: Json) -> tuple[Json, BaseHTTPResponse]:
        """The body of the answer, which may not be final yet: see ``finish``."""
        answer = self._send("PUT", path, version, body)
        return _body(answer), answer

    def post(self, path: str, version: str, body: Json) -> Json:
        return _body(self._send("POST", path, version, body))

    def delete(self, path: str, version: str) -> None:
        """Delete and wait. What is gone already is deleted."""
        answer = self._send("DELETE", path, version)
        if answer.status == HTTPStatus.NOT_FOUND:
            return
        _body(answer)
        self.finish(answer)

    def finish(self, answer: BaseHTTPResponse) -> None:
        """Wait for the end of an operation. Raises ArmRefused if it failed."""
        url = answer.headers.get("Azure-AsyncOperation")
        if url is not None:
            self._follow_status(url)
        elif answer.status == HTTPStatus.ACCEPTED:
            self._follow_location(answer.headers["Location"])

    def token(self, audience: str) -> str:
        """An access token of the application, from memory while it lasts."""
        with self._lock:
            token, end = self._tokens.get(audience, ("", 0.0))
            if time.time() > end - MARGIN:
                token, end = self._sign_in(audience)
                self._tokens[audience] = (token, end)
            return token

    @property
    def audience(self) -> str:
        """The audience of ARM itself."""
        return str(self._cloud["authentication"]["audiences"][0])

    def _follow_status(self, url: str) -> None:
        while True:
            answer = self._request("GET", url)
            body = _body(answer)
            if body.get("status") in TERMINAL:
                break
            time.sleep(_interval(answer))
        if body["status"] != "Succeeded":
            error = body.get("error") or {}
            code = str(error.get("code", body["status"]))
            raise ArmRefused(answer.status, code, str(error.get("message", "")))

    def _follow_location(self, url: str) -> None:
        while True:
            answer = self._request("GET", url)
            if answer.status != HTTPStatus.ACCEPTED:
                _body(answer)
                return
            time.sleep(_interval(answer))

    def _send(
        self, method: str, path: str, version: str, body: Json | None = None
    ) -> BaseHTTPResponse:
        url = f"{self._cloud['resourceManager'].rstrip('/')}{path}"
        return self._request(method, f"{url}?api-version={version}", body)

    def _request(
        self, method: str, url: str, body: Json | None = None
    ) -> BaseHTTPResponse:
        headers = {"Authorization": f"Bearer {self.token(self.audience)}"}
        if body is None:
            return self._ask(method, url, None, headers)
        headers["Content-Type"] = "application/json"
        return self._ask(method, url, json.dumps(body), headers)

    def _ask(
        self,
        method: str,
        url: str,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> BaseHTTPResponse:
        """One exchange. Raises Unreachable."""
        try:
            return self._http.request(
                method, url, body=body, headers=headers, redirect=False
            )
        except HTTPError as error:
            raise Unreachable(url, error) from error

    def _sign_in(self, audience: str) -> tuple[str, float]:
        login = str(self._cloud["authentication"]["loginEndpoint"]).rstrip("/")
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self._setting("clientSecret", "ARM_CLIENT_SECRET"),
            "scope": f"{audience}/.default",
        }
        url = f"{login}/{self.tenant}/oauth2/v2.0/token"
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self._ask("POST", url, urlencode(form), kind)
        body = answer.json()
        if answer.status != HTTPStatus.OK:
            text = body.get("error_description", _text(answer))
            raise SignInFailed(f"Entra refused the sign-in: {text}")
        return str(body["access_token"]), time.time() + float(body["expires_in"])

    def _metadata(self) -> Json:
        host = self._setting("metadataHost", "ARM_METADATA_HOSTNAME")
        base = host if host.startswith("https://") else f"https://{host}"
        url = f"{base}/metadata/endpoints?api-version={METADATA_VERSION}"
        found: Json = self._ask("GET", url).json()
        return found

    def _setting(self, name: str, variable: str) -> str:
        value = self._config.get(name) or os.environ.get(variable)
        if not value:
            raise SettingMissing(variable)
        return value


def _trust() -> ssl.SSLContext:
    names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    file = next((os.environ[n] for n in names if os.environ.get(n)), None)
    return ssl.create_default_context(cafile=file)


def _body(answer: BaseHTTPResponse) -> Json:
    """The JSON of an answer. Raises ArmRefused for an error."""
    text = _text(answer)
    try:
        body: Json = json.loads(text) if text else {}
    except ValueError:
        body = {}
    if answer.status >= HTTPStatus.BAD_REQUEST:
        error = body.get("error") or {}
        code, message = error.get("code", ""), error.get("message", text)
        details = error.get("details") or ()
        raise ArmRefused(answer.status, str(code), str(message), details)
    return body


def _text(answer: BaseHTTPResponse) -> str:
    return answer.data.decode(errors="replace")


def _interval(answer: BaseHTTPResponse) -> float:
    """Seconds until the next poll."""
    for name in ("retry-after-ms", "x-ms-retry-after-ms"):
        if name in answer.headers:
            return float(answer.headers[name]) / 1000
    return float(answer.headers.get("Retry-After", INTERVAL))
