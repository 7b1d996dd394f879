"""Refusals of a data plane: error bodies of the OCI distribution specification."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse


def refusal(
    status: int,
    code: str,
    message: str,
    detail: object = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """One error.

    There is always a detail: without one the Docker Engine takes a refusal for a
    passing fault, and pushes again for most of a minute.
    """
    error = {"code": code, "message": message, "detail": detail or {}}
    body = {"errors": [error]}
    return JSONResponse(body, status, headers=dict(headers or {}))


def sign_in_first(
    login_server: str, type_: str, name: str, action: str
) -> JSONResponse:
    """A challenge, as Distribution makes it: the scope that is needed, and from where.

    azure-containerregistry reads service and scope from the header.
    """
    challenge = (
        f'Bearer realm="https://{login_server}/oauth2/token",'
        f'service="{login_server}",scope="{type_}:{name}:{action}"'
    )
    detail = [{"Type": type_, "Name": name, "Action": action}]
    headers = {"WWW-Authenticate": challenge}
    return refusal(401, "UNAUTHORIZED", "authentication required", detail, headers)


def disallowed() -> JSONResponse:
    """What attributes forbid: https://github.com/Azure/acr-cli/issues/70."""
    message = (
        "The operation is disallowed on this registry, repository or image. View "
        "troubleshooting steps at https://aka.ms/acr/faq/"
        "#why-does-my-pull-or-push-request-fail-with-disallowed-operation"
    )
    return refusal(405, "REGISTRY_DISALLOWED_OPERATION", message)
