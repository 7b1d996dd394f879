"""``/v2/*``: passed on to Distribution as a stream, in both directions.

All but referrers, which it does not have.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from embedded.azure import intake
from embedded.azure.registry.children.notices import Happening
from embedded.azure.registry.front import happenings, manifests, operations, paths
from embedded.azure.registry.front.locks import Locks
from embedded.azure.registry.front.operations import REFERRERS, V2, Match
from embedded.azure.registry.front.referrers import Referrers
from embedded.azure.registry.front.refusals import disallowed, refusal

#: Bytes that are read from Distribution at once.
CHUNK = 256 * 1024
#: Headers of one connection, not of the message (RFC 9110 section 7.6.1).
HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
#: Of an answer: the front's server sets a date of its own.
DROPPED = {*HOP_BY_HOP, "date"}
#: Of the body that an answer announces, which is not always the one that is sent.
CONTENT = ("content-length", "content-type", "content-range")
#: In Distribution's errors where the disk is full: the text, or ENOSPC alone.
NO_ROOM = re.compile(rb'no space left on device|"Err":28\b')
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
        if answer.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            await answer.aclose()
            return _with_headers(_out_of_range(), answer, *CONTENT)
        if answer.status_code == HTTPStatus.OK and self._locks.hide_some(found):
            listing = self._locks.shown(found, await answer.aread())
            made = Response(listing, answer.status_code)
            return _with_headers(made, answer, "content-length")
        if answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
            text = await answer.aread()
            same = Response(text, answer.status_code)
            return _mended(text, data) or _with_headers(same, answer)
        return _with_headers(
            StreamingResponse(_body(answer), answer.status_code), answer
        )

    async def close(self) -> None:
        await self._client.aclose()

    def _request(self, request: Request, data: bytes | None) -> httpx.Request:
        # As bytes: not every client's headers are ASCII.
        headers = [
            (name, value)
            for name, value in request.headers.raw
            if name.decode("latin-1") not in HOP_BY_HOP
        ]
        path = request.scope["raw_path"].decode("ascii")
        query = request.scope["query_string"].decode("ascii")
        url = f"{self._target()}{path}" + (f"?{query}" if query else "")
        body = request.stream() if request.method in BODIES else None
        content = body if data is None else data
        return self._client.build_request(
            request.method, url, headers=headers, content=content
        )


def _with_headers(made: Response, answer: httpx.Response, *own: str) -> Response:
    """The same response with the headers of Distribution's, but for its own.

    As bytes: a challenge repeats what the client has sent, whatever that is.
    """
    kept = [pair for pair in made.raw_headers if pair[0].decode() in own]
    dropped = {*DROPPED, *own}
    pairs = ((name.lower(), value) for name, value in answer.headers.raw)
    passed = [pair for pair in pairs if pair[0].decode("latin-1") not in dropped]
    made.raw_headers = [*passed, *kept]
    return made


def _out_of_range() -> Response:
    """Distribution announces a body, and sends none."""
    return refusal(416, "RANGE_INVALID", "invalid range")


def _mended(text: bytes, manifest: bytes | None) -> Response | None:
    """What Distribution should have answered in place of a 500, where that is known.

    The Docker Engine tries a 5xx again for most of a minute, and shows no word of it.
    """
    if NO_ROOM.search(text):
        message = "the registry cannot keep it: no space left on device"
        return refusal(403, "DENIED", f"{message}. Make room, and push again.")
    fault = None if manifest is None else manifests.fault(manifest)
    if fault is not None:
        return refusal(400, "MANIFEST_INVALID", f"manifest invalid: {fault}")
    return None


async def _body(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_raw(CHUNK):
            yield chunk
    finally:
        await answer.aclose()
