"""Taking in the body of a request, up to a limit."""

from __future__ import annotations

from starlette.requests import Request

#: Bytes beyond the limit that are read, and dropped: a client that is still sending
#: would not hear of the refusal.
PATIENCE = 256 * 1024 * 1024


class TooLarge(Exception):
    """The body has more bytes than it may."""


async def take(request: Request, most: int) -> bytes:
    """The body. Raises TooLarge if there are more than ``most`` bytes."""
    data, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= most:
            data += chunk
        elif size > most + PATIENCE:
            break
    if size > most:
        raise TooLarge
    return bytes(data)
