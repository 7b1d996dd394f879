"""Pages of a listing: ``n``, ``last``, ``orderby``, and the ``Link`` to the next.

https://distribution.github.io/distribution/spec/api/#pagination; the order is ACR's.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request

PAGE = 100


def page(request: Request, names: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """One page of what is sorted by name, and its headers."""
    last = request.query_params.get("last", "")
    return _cut(request, names, bisect_right(names, last))


def tags(request: Request, names: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """``/v2``: all where no ``n`` asks for fewer, and none where it asks for none."""
    wanted = request.query_params.get("n", "")
    if re.fullmatch("0+", wanted):
        return [], {}
    last = request.query_params.get("last", "")
    start = bisect_right(names, last)
    return _cut(request, names, start, len(names) or 1)


def rows(
    request: Request, found: Mapping[str, Mapping[str, Any]]
) -> tuple[list[Mapping[str, Any]], dict[str, str]]:
    """One page of rows by name, in the order that is asked for."""
    order = request.query_params.get("orderby")
    if order in ("timeasc", "timedesc"):
        latest = sorted(found, key=lambda name: str(found[name]["lastUpdateTime"]))
        names = latest if order == "timeasc" else latest[::-1]
        last = request.query_params.get("last")
        start = names.index(last) + 1 if last in names else 0
        shown, headers = _cut(request, names, start)
    else:
        shown, headers = page(request, sorted(found))
    return [found[name] for name in shown], headers


def _cut(
    request: Request, names: Sequence[str], start: int, most: int = PAGE
) -> tuple[list[str], dict[str, str]]:
    """The ``Link`` is relative, as ACR sends it."""
    text = request.query_params.get("n", "")
    count = int(text) if re.fullmatch("0*[1-9][0-9]{0,8}", text) else most
    shown = list(names[start : start + count])
    if start + count >= len(names):
        return shown, {}
    kept = {k: v for k, v in request.query_params.items() if k in ("orderby", "digest")}
    query = urlencode({"last": shown[-1], "n": count, **kept})
    return shown, {"Link": f'<{quote(request.scope["path"])}?{query}>; rel="next"'}
