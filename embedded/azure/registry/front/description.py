"""What a data plane serves, as OpenAPI 3.1: made from the table of its operations.

https://spec.openapis.org/oas/v3.1.1
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus

from embedded.azure.registry.front.operations import (
    ACR,
    LONGEST,
    PARTS,
    SIGN_IN,
    V2,
    Operation,
)
from embedded.azure.registry.front.shapes import ERRORS
from embedded.azure.service import Json

NOTE = (
    "All operations of a registry's data plane. A repository's name may hold slashes, "
    "as they are or encoded. What a body may hold is described as far as it is known."
)


def document(login_server: str) -> Json:
    """The same for each registry but for its address."""
    paths: dict[str, Json] = {}
    for operation in (*SIGN_IN, *ACR, *V2):
        row = paths.setdefault(operation.path, {})
        row[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Registry", "version": "1", "description": NOTE},
        "servers": [{"url": f"https://{login_server}"}],
        "paths": paths,
        "components": {
            "schemas": {"Errors": ERRORS},
            "securitySchemes": {"registry": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(operation: Operation) -> Json:
    names = re.findall(r"{(\w+)}", operation.path)
    found: Json = {
        "operationId": f"{operation.method} {operation.path}",
        "parameters": [
            *(_part(name) for name in names),
            *_parameters("query", operation.query),
            *_parameters("header", operation.headers),
        ],
        "responses": _responses(operation),
    }
    if operation not in SIGN_IN:
        found["security"] = [{"registry": []}]
    if operation.body:
        content = {kind: {"schema": shape} for kind, shape in operation.body.items()}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _part(name: str) -> Json:
    schema: Json = {"type": "string", "pattern": f"^{PARTS[name]}$"}
    if name == "name":
        schema["maxLength"] = LONGEST
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _parameters(place: str, rows: Mapping[str, Json]) -> list[Json]:
    return [{"name": name, "in": place, "schema": row} for name, row in rows.items()]


def _responses(operation: Operation) -> Json:
    found: dict[str, Json] = {}
    for status, shape in operation.answers.items():
        found[str(status)] = _response(status, shape, operation.kind)
    # A HEAD has no body, refused or not.
    errors = {"$ref": "#/components/schemas/Errors"}
    for status in operation.refusals:
        shape = None if operation.method == "HEAD" else errors
        found[str(status)] = _response(status, shape, "application/json")
    return found


def _response(status: int, shape: Json | None, kind: str) -> Json:
    found: Json = {"description": HTTPStatus(status).phrase}
    if shape is not None:
        found["content"] = {kind: {"schema": shape}}
    return found
