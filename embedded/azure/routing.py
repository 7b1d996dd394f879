"""Which operation a method and a path mean. Fixed segments match in any case."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from embedded.azure.refusals import InvalidNamespace, InvalidType, MethodNotAllowed
from embedded.azure.service import Route

#: No Azure name has one of these; ``%2f`` and ``..`` arrive here decoded.
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f<>*%&:?#\\+]|(^|/)\.\.?(/|$)")


@dataclass(frozen=True)
class Match:
    """A route and the values of its parameters."""

    route: Route
    params: dict[str, str]


class Table:
    """All routes of all services."""

    def __init__(self, routes: Sequence[Route], namespaces: Sequence[str]) -> None:
        self._rows = [(_compile(route.path), route) for route in routes]
        self._namespaces = {one.lower() for one in namespaces}

    def find(self, method: str, path: str) -> Match:
        """Raises MethodNotAllowed, InvalidNamespace, InvalidType."""
        other = False
        for pattern, route in self._rows:
            found = pattern.fullmatch(path)
            if found is None:
                continue
            if route.method == method:
                return Match(route, found.groupdict())
            other = True
        if other:
            raise MethodNotAllowed(method, path)
        namespace, type_ = type_of(path)
        if namespace and namespace.lower() not in self._namespaces:
            raise InvalidNamespace(namespace)
        raise InvalidType(f"{namespace}/{type_}".strip("/") or path)


def type_of(path: str) -> tuple[str, str]:
    """``("Microsoft.X", "ys/zs")`` of the last resource in the path; may be empty."""
    _, found, tail = path.rpartition("/providers/")
    if not found:
        return "", ""
    namespace, *parts = tail.strip("/").split("/")
    return namespace, "/".join(parts[0::2])


def is_clean(path: str) -> bool:
    """Whether every segment could be part of an Azure id."""
    return _FORBIDDEN.search(path) is None and all(
        len(s) <= 260 for s in path.split("/")
    )


def _compile(template: str) -> re.Pattern[str]:
    """``{name}`` is one segment; ``{scope}`` at the start may be several."""
    text = ""
    for part in re.split(r"(\{\w+\})", template):
        if part.startswith("{"):
            name = part[1:-1]
            many = name == "scope"
            text += f"(?P<{name}>.*)" if many else f"(?P<{name}>[^/]+)"
        else:
            text += re.escape(part)
    return re.compile(text, re.IGNORECASE)
