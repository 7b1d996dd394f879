"""Bodies of the token endpoints: ``application/x-www-form-urlencoded``."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.requests import Request

from embedded.azure import intake

#: Bytes; a token takes a few thousand of them.
LARGEST = 1024 * 1024


async def read(request: Request) -> dict[str, list[str]]:
    """The values of each field. Raises intake.TooLarge."""
    data = await intake.take(request, LARGEST)
    return parse_qs(data.decode(errors="replace"))
