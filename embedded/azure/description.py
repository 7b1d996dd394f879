"""What the local Azure serves, as OpenAPI 3.1: made from the routes themselves.

https://spec.openapis.org/oas/v3.1.1
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from embedded.azure import routing
from embedded.azure.service import Json, Route, Service, Settings

#: Where ``{scope}`` stands in a path it is one of these.
SCOPES = (
    "/subscriptions/{subscription}",
    "/subscriptions/{subscription}/resourceGroups/{group}",
    "/subscriptions/{subscription}/resourceGroups/{group}/providers"
    "/{namespace}/{type}/{resource}",
)
#: An operation's name after its method.
VERBS = {
    "GET": "read",
    "HEAD": "probe",
    "PUT": "write",
    "PATCH": "change",
    "POST": "do",
    "DELETE": "delete",
}
NOTE = (
    "All operations of the local Azure. Paths match without regard to case. The bodies "
    "of requests are described as far as they are known; Azure takes more."
)
ERROR: Json = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string", "minLength": 1},
                "message": {"type": "string", "minLength": 1},
                "target": {"type": "string"},
                "details": {"type": "array"},
            },
        }
    },
}


def document(
    settings: Settings,
    subscription: str,
    services: Sequence[Service],
    routes: Sequence[Route],
) -> Json:
    """``routes`` are those that belong to no service."""
    paths: dict[str, Json] = {}
    for service in services:
        for route in service.routes:
            _add(paths, route, _versions(service, route.path), subscription)
    for route in routes:
        _add(paths, route, (), subscription)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Local Azure", "version": "1", "description": NOTE},
        "servers": [{"url": settings.base_url}],
        "security": [{"entra": []}],
        "paths": paths,
        "components": {
            "schemas": {"Error": ERROR},
            "securitySchemes": {"entra": {"type": "http", "scheme": "bearer"}},
        },
    }


def templates(path: str) -> Iterable[str]:
    """The path of a route; several where its scope may be of several kinds."""
    if not path.startswith("{scope}"):
        return [path]
    return [path.replace("{scope}", scope) for scope in SCOPES]


def _add(
    paths: dict[str, Json], route: Route, versions: Sequence[str], subscription: str
) -> None:
    for path in templates(route.path):
        row = paths.setdefault(path, {})
        row[route.method.lower()] = _operation(route, path, versions, subscription)


def _operation(
    route: Route, path: str, versions: Sequence[str], subscription: str
) -> Json:
    names = re.findall(r"{(\w+)}", path)
    found: Json = {
        "operationId": f"{VERBS[route.method]} {path}",
        "parameters": [
            _version(versions),
            *(_parameter(name, subscription) for name in names),
            *(_optional(name) for name in route.query),
        ],
        "responses": _responses(route.method),
    }
    if route.schema is not None:
        content = {"application/json": {"schema": route.schema}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _responses(method: str) -> Json:
    done: Json = {"description": "Done, or under way"}
    refused: Json = {"description": "Refused"}
    if method != "HEAD":
        reference = {"$ref": "#/components/schemas/Error"}
        refused["content"] = {"application/json": {"schema": reference}}
    return {"2XX": done, "4XX": refused}


def _parameter(name: str, subscription: str) -> Json:
    schema: Json = {"type": "string", "minLength": 1, "maxLength": 260}
    if name == "subscription":
        schema = {"type": "string", "enum": [subscription]}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _optional(name: str) -> Json:
    return {"name": name, "in": "query", "schema": {"type": "string"}}


def _version(versions: Sequence[str]) -> Json:
    schema: Json = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}(-[a-z]+)?$"}
    if versions:
        schema = {"type": "string", "enum": list(versions)}
    return {"name": "api-version", "in": "query", "required": True, "schema": schema}


def _versions(service: Service, path: str) -> Sequence[str]:
    """Those of the type that a path ends in, or of the nearest one above it."""
    types: Mapping[str, Sequence[str]] = {
        k.lower(): v for k, v in service.types.items()
    }
    parts = routing.type_of(path)[1].lower().split("/")
    for end in range(len(parts), 0, -1):
        found = types.get("/".join(parts[:end]))
        if found is not None:
            return found
    return ()
