"""``/v2/*``: passed on to Distribution as a stream, in both directions.

All but referrers, which it does not have.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from embedded.azure import intake
from embedded.azure.registry.children.notices import Happening
from embedded.azure.registry.front import (
    answers,
    chunks,
    happenings,
    manifests,
    operations,
    pages,
    paths,
)
from embedded.azure.registry.front.locks import Locks
from embedded.azure.registry.front.operations import (
    CATALOG,
    REFERRERS,
    TAGS_LIST,
    UPLOAD,
    V2,
    Match,
)
from embedded.azure.registry.front.referrers import Referrers
from embedded.azure.registry.front.refusals import disallowed, refusal

LISTINGS = (CATALOG, TAGS_LIST)
BODIES = ("POST", "PUT", "PATCH")


class Stream:
    """Passes requests on; ``target`` gives Distribution's address as it is now.

    ``tell`` hears of what was pushed and deleted.
    """

    def __init__(
        self,
        target: Callable[[], str],
        locks: Locks,
        referrers: Referrers,
        tell: Callable[[Happening], None],
    ) -> None:
        self._target = target
        self._locks = locks
        self._referrers = referrers
        self._tell = tell
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=32)
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(None, connect=5),
            limits=limits,
            trust_env=False,
            follow_redirects=False,
        )

    async def __call__(self, request: Request) -> Response:
        found = operations.match(V2, request.scope["path"])
        if found is None:
            wrong = paths.fault(request.scope["path"])
            return refusal(wrong.status, wrong.code, wrong.message)
        if request.method not in found.methods:
            return refusal(405, "UNSUPPORTED", f"{request.method} is not supported")
        if found.template == REFERRERS:
            return self._referrers(request, found)
        if happenings.is_push(request):
            return await self._push(request, found)
        if self._locks.forbid(request, found):
            return disallowed()
        if (refused := await self._wrong_piece(request, found)) is not None:
            return refused
        return await self._pass_on(request, found)

    async def _push(self, request: Request, found: Match) -> Response:
        """A manifest is held: Distribution fails at some that are none."""
        try:
            data = await intake.take(request, manifests.LARGEST)
        except ClientDisconnect:
            return Response(status_code=499)
        except intake.TooLarge:
            message = f"the manifest has more than {manifests.LARGEST} bytes"
            return refusal(413, "MANIFEST_INVALID", message)
        if self._locks.forbid(request, found, data):
            return disallowed()
        answer = await self._pass_on(request, found, data)
        if answer.status_code == HTTPStatus.CREATED and (to := manifests.subject(data)):
            # By it a client knows that it need not keep a list of its own.
            answer.headers["OCI-Subject"] = to
        return answer

    async def _pass_on(
        self, request: Request, found: Match, data: bytes | None = None
    ) -> Response:
        try:
            answer = await self._client.send(self._request(request, data), stream=True)
        except ClientDisconnect:
            return Response(status_code=499)
        except httpx.HTTPError:
            return refusal(503, "UNAVAILABLE", "the registry's storage is restarting")
        happening = happenings.of(request, answer.status_code, answer.headers)
        if happening is not None:
            self._tell(happening)
        if found.template in LISTINGS and answer.is_success:
            return await self._listing(request, found, answer)
        return await answers.passed(answer, data)

    async def _listing(
        self, request: Request, found: Match, answer: httpx.Response
    ) -> Response:
        """Without what is hidden. Tags by pages, of which Distribution 2 makes none."""
        body = json.loads(await answer.aread())
        headers: dict[str, str] = {}
        if found.template == CATALOG:
            body["repositories"] = self._locks.repositories(body["repositories"] or ())
        else:
            tags = self._locks.tags(found.parts["name"], body["tags"] or ())
            body["tags"], headers = pages.tags(request, sorted(tags))
        own = ("content-length", "content-type", *(name.lower() for name in headers))
        return answers.with_headers(JSONResponse(body, headers=headers), answer, *own)

    async def _wrong_piece(self, request: Request, found: Match) -> Response | None:
        """A refusal of what is not the next of an upload, or ends in no digest."""
        if request.method not in BODIES:
            return None
        wrong = paths.wrong_digest(request.query_params.multi_items())
        if wrong is not None and request.method != "PATCH":
            return refusal(wrong.status, wrong.code, wrong.message)
        byte = chunks.first(request.headers.get("content-range"))
        if byte is None or found.template != UPLOAD:
            return None
        try:
            known = await self._client.send(self._status(request))
        except httpx.HTTPError:
            return None
        there = known.headers.get("range", "")
        if known.status_code != HTTPStatus.NO_CONTENT or chunks.fits(byte, there):
            return None
        names = ("location", "range", "docker-upload-uuid")
        kept = {name: known.headers[name] for name in names if name in known.headers}
        return refusal(416, "BLOB_UPLOAD_INVALID", "not the next piece", headers=kept)

    async def close(self) -> None:
        await self._client.aclose()

    def _status(self, request: Request) -> httpx.Request:
        """Asks how far an upload has come."""
        headers = {"Authorization": request.headers.get("authorization", "")}
        return self._client.build_request("GET", self._url(request), headers=headers)

    def _request(self, request: Request, data: bytes | None) -> httpx.Request:
        # As bytes: not every client's headers are ASCII.
        headers = [
            (name, value)
            for name, value in request.headers.raw
            if name.decode("latin-1") not in answers.HOP_BY_HOP
        ]
        body = request.stream() if request.method in BODIES else None
        content = body if data is None else data
        return self._client.build_request(
            request.method, self._url(request), headers=headers, content=content
        )

    def _url(self, request: Request) -> str:
        path = request.scope["raw_path"].decode("ascii")
        query = request.scope["query_string"].decode("ascii")
        return f"{self._target()}{path}" + (f"?{query}" if query else "")
