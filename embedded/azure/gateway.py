"""ARM's front door: signs the caller in, checks, finds the service, words the answer.

The order of the checks is ARM's: token, form of the request, api-version, subscription,
rights, resource group; then the service.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import uuid
from collections.abc import Mapping, Sequence
from weakref import WeakValueDictionary

from starlette.requests import Request
from starlette.responses import Response

from embedded.azure import body, refusals, routing
from embedded.azure.authorization import locks
from embedded.azure.entra.errors import AuthenticationFailed
from embedded.azure.errors import ArmError
from embedded.azure.ids import key
from embedded.azure.service import (
    Access,
    Call,
    Directory,
    Principal,
    Reply,
    Route,
    Service,
    Settings,
)
from embedded.azure.store import Store

LOGGER = logging.getLogger(__name__)
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-[a-z]+(\.\d+)?)?")
_SUBSCRIPTION = re.compile(r"/subscriptions/([^/]+)(/.*)?", re.IGNORECASE)
_GROUP = re.compile(
    r"(/subscriptions/[^/]+/resourcegroups/([^/]+))(/.+)?", re.IGNORECASE
)
WRITES = ("PUT", "PATCH", "POST", "DELETE")


class Gateway:
    """Everything below ``/subscriptions``, ``/providers`` and ``/tenants``."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        directory: Directory,
        access: Access,
        services: Sequence[Service],
        routes: Sequence[Route],
        subscription: str,
    ) -> None:
        self._store = store
        self._directory = directory
        self._access = access
        self._subscription = subscription
        base = settings.base_url
        self._audiences = [
            variant
            for one in (
                base,
                "https://management.azure.com",
                "https://management.core.windows.net",
            )
            for variant in (one, f"{one}/")
        ]
        self._types = {
            f"{service.namespace}/{type_}".lower(): versions
            for service in services
            for type_, versions in service.types.items()
        }
        namespaces = [service.namespace for service in services]
        own = [route for service in services for route in service.routes]
        self._table = routing.Table([*routes, *own], namespaces)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, request: Request) -> Response:
        request_id = str(uuid.uuid4())
        try:
            reply = await self._answer(request)
        except ArmError as error:
            reply = Reply(error.status, error.body(), error.headers)
        except Exception:
            LOGGER.exception("request %s failed: %s", request_id, request.url.path)
            internal = refusals.Internal(request_id)
            reply = Reply(internal.status, internal.body())
        return _response(request, reply, request_id)

    async def _answer(self, request: Request) -> Reply:
        caller = self._sign_in(request.headers.get("authorization"))
        # Not of the URL: there a decoded "?" or "#" would end the path.
        asked = request.scope["path"]
        path = re.sub("/{2,}", "/", asked).rstrip("/")
        if not routing.is_clean(asked):
            raise refusals.InvalidPath
        query = {k.lower(): v for k, v in request.query_params.items()}
        method = request.method
        match = self._match(method, path)
        self._check_version(path, query.get("api-version"))
        self._check_subscription(path)
        self._check_rights(caller, match.route.action, path)
        content = await body.read(request) if method in WRITES else {}
        call = Call(
            method,
            path,
            match.params,
            query,
            content,
            caller,
            dict(request.headers),
        )
        if method not in WRITES:
            self._check_group(method, path)
            return await match.route.handler(call)
        lock = self._locks.setdefault(key(path), asyncio.Lock())
        async with lock:
            self._check_group(method, path)
            locks.check(self._store, method, path)
            return await match.route.handler(call)

    def _match(self, method: str, path: str) -> routing.Match:
        """HEAD is its own operation where a service has one, else a GET."""
        try:
            return self._table.find(method, path)
        except refusals.MethodNotAllowed:
            if method != "HEAD":
                raise
            return self._table.find("GET", path)

    def _sign_in(self, header: str | None) -> Principal:
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise AuthenticationFailed
        return self._directory.verify(token.strip(), self._audiences)

    def _check_version(self, path: str, version: str | None) -> None:
        if not version:
            raise refusals.MissingApiVersion
        if _VERSION.fullmatch(version) is None:
            raise refusals.InvalidApiVersion(version)
        type_ = "/".join(filter(None, routing.type_of(path)))
        known = self._types.get(type_.lower())
        if known is not None and version not in known:
            raise refusals.NoRegisteredProvider(type_, version, known)

    def _check_subscription(self, path: str) -> None:
        found = _SUBSCRIPTION.fullmatch(path)
        if found is not None and found.group(1).lower() != self._subscription:
            raise refusals.SubscriptionNotFound(found.group(1))

    def _check_rights(self, caller: Principal, action: str | None, path: str) -> None:
        if action is None or self._access.allows(caller.object_id, action, path):
            return
        raise refusals.AuthorizationFailed(
            caller.client_id, caller.object_id, action, path
        )

    def _check_group(self, method: str, path: str) -> None:
        """A resource lives in a group that is there and is not being deleted."""
        found = _GROUP.fullmatch(path)
        if found is None or found.group(3) is None:
            return
        group = self._store.get(found.group(1))
        if group is None:
            raise refusals.ResourceGroupNotFound(found.group(2))
        state = group.body["properties"]["provisioningState"]
        if state == "Deleting" and method in ("PUT", "PATCH", "POST"):
            raise refusals.ResourceGroupBeingDeleted(found.group(2))


def _response(request: Request, reply: Reply, request_id: str) -> Response:
    headers: Mapping[str, str] = {
        "x-ms-request-id": request_id,
        "x-ms-correlation-request-id": request.headers.get(
            "x-ms-correlation-request-id", request_id
        ),
        "Cache-Control": "no-cache",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        **reply.headers,
    }
    if reply.body is None or request.method == "HEAD":
        return Response(status_code=reply.status, headers=headers)
    return Response(
        json.dumps(reply.body),
        reply.status,
        headers,
        media_type="application/json; charset=utf-8",
    )
