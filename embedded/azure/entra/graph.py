"""Microsoft Graph v1.0, as far as az asks it: whom an object id or an app id means.

Read-only, below ``/graph`` of the same host: the directory has service principals only
(one application, and the managed identities), so users and groups are empty lists.
Errors have Graph's envelope, which is ARM's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from embedded.azure import intake
from embedded.azure.entra.directory import TokenDirectory
from embedded.azure.entra.errors import (
    AuthenticationFailed,
    GraphObjectNotFound,
    GraphPathUnknown,
    InvalidGraphBody,
    UnsupportedGraphFilter,
)
from embedded.azure.errors import ArmError
from embedded.azure.service import Json, Principal, Settings

PATH = "/graph"
#: The most ids that ``getByIds`` takes, and the bytes that they may need.
MOST_IDS, LARGEST_BODY = 1000, 64 * 1024
_EQUALS = re.compile(r"(appId|displayName|id) eq '([^']*)'", re.IGNORECASE)
_STARTS = re.compile(r"startswith\(displayName,\s*'([^']*)'\)", re.IGNORECASE)
_NAMED = re.compile(r"servicePrincipalNames/any\(c:c eq '([^']*)'\)", re.IGNORECASE)


def resource(settings: Settings) -> str:
    """The audience of its tokens, and what its paths are below."""
    return f"{settings.base_url}{PATH}"


class Graph:
    """The directory as Graph shows it, to callers with a token for Graph."""

    def __init__(self, settings: Settings, directory: TokenDirectory) -> None:
        self._directory = directory
        self._audiences = [
            variant
            for one in (resource(settings), "https://graph.microsoft.com")
            for variant in (one, f"{one}/")
        ]
        base = f"{PATH}/v1.0"
        many = f"{base}/servicePrincipals"
        self.routes = [
            Route(
                f"{base}/directoryObjects/getByIds",
                self._answering(self._by_ids),
                methods=["POST"],
            ),
            Route(many, self._answering(self._list)),
            Route(f"{many}/{{id}}", self._answering(self._get)),
            Route(f"{base}/users", self._answering(self._nobody)),
            Route(f"{base}/groups", self._answering(self._nobody)),
            Route(
                f"{PATH}/{{path:path}}",
                self._answering(self._unknown),
                methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            ),
        ]

    def _answering(
        self, find: Callable[[Request, bytes], Json]
    ) -> Callable[[Request], Awaitable[JSONResponse]]:
        """Sign the caller in, then find; a refusal becomes Graph's error body."""

        async def answer(request: Request) -> JSONResponse:
            try:
                self._sign_in(request)
                data = await intake.take(request, LARGEST_BODY)
                return JSONResponse(find(request, data))
            except intake.TooLarge:
                large = InvalidGraphBody(f"it is larger than {LARGEST_BODY} bytes")
                return JSONResponse(large.body(), large.status)
            except ArmError as error:
                return JSONResponse(error.body(), error.status, error.headers)

        return answer

    def _sign_in(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise AuthenticationFailed
        self._directory.verify(token.strip(), self._audiences)

    def _by_ids(self, _: Request, data: bytes) -> Json:
        found = (self._directory.find(one) for one in _ids(data))
        return {"value": [self._shown(one) for one in found if one is not None]}

    def _list(self, request: Request, _: bytes) -> Json:
        text = request.query_params.get("$filter", "")
        return {"value": [self._shown(one) for one in self._filtered(text)]}

    def _get(self, request: Request, _: bytes) -> Json:
        id_ = request.path_params["id"]
        found = self._directory.find(id_)
        if found is None:
            raise GraphObjectNotFound(id_)
        return self._shown(found)

    def _nobody(self, _: Request, __: bytes) -> Json:
        return {"value": []}

    def _unknown(self, request: Request, _: bytes) -> Json:
        raise GraphPathUnknown(request.method, request.scope["path"])

    def _filtered(self, text: str) -> Iterator[Principal]:
        test = _test(text)
        return (one for one in self._directory.principals() if test(one))

    def _shown(self, principal: Principal) -> Json:
        """A ``servicePrincipal`` of the v1.0 metadata."""
        is_application = self._directory.application(principal.client_id) is not None
        return {
            "@odata.type": "#microsoft.graph.servicePrincipal",
            "id": principal.object_id,
            "appId": principal.client_id,
            "displayName": principal.name,
            "appDisplayName": principal.name,
            "accountEnabled": True,
            "appOwnerOrganizationId": principal.tenant_id,
            "servicePrincipalNames": [principal.client_id],
            "servicePrincipalType": (
                "Application" if is_application else "ManagedIdentity"
            ),
        }


def _ids(data: bytes) -> Sequence[str]:
    """Of a body ``{"ids": […]}``. Raises InvalidGraphBody."""
    try:
        ids = json.loads(data)["ids"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InvalidGraphBody("it must be an object with the list 'ids'") from error
    if not isinstance(ids, list) or not all(
        isinstance(one, str) and one.isascii() for one in ids
    ):
        raise InvalidGraphBody("'ids' must be a list of ids")
    if len(ids) > MOST_IDS:
        raise InvalidGraphBody(f"'ids' may hold {MOST_IDS}, and holds {len(ids)}")
    return ids


def _test(text: str) -> Callable[[Principal], bool]:
    """A ``$filter`` as a test. Raises UnsupportedGraphFilter."""
    if not text:
        return lambda _: True
    if named := _NAMED.fullmatch(text):
        return lambda one: one.client_id == named.group(1).lower()
    if starts := _STARTS.fullmatch(text):
        begin = starts.group(1).lower()
        return lambda one: one.name.lower().startswith(begin)
    equals = _EQUALS.fullmatch(text)
    if equals is None:
        raise UnsupportedGraphFilter(text)
    key, value = equals.group(1).lower(), equals.group(2).lower()
    return lambda one: _values(one)[key] == value


def _values(principal: Principal) -> dict[str, str]:
    return {
        "appid": principal.client_id,
        "displayname": principal.name.lower(),
        "id": principal.object_id,
    }
