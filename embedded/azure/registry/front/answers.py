"""Distribution's answers, as the front gives them: mostly as they are."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from http import HTTPStatus

import httpx
from starlette.responses import Response, StreamingResponse

from embedded.azure.registry.front import manifests
from embedded.azure.registry.front.refusals import refusal

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


async def passed(answer: httpx.Response, manifest: bytes | None) -> Response:
    """``manifest`` is what was pushed, if it was one."""
    if answer.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        await answer.aclose()
        return with_headers(_out_of_range(), answer, *CONTENT)
    if answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
        text = await answer.aread()
        same = Response(text, answer.status_code)
        return _mended(text, manifest) or with_headers(same, answer)
    return with_headers(StreamingResponse(_body(answer), answer.status_code), answer)


def with_headers(made: Response, answer: httpx.Response, *own: str) -> Response:
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
