"""Functions (invokes): reading what exists, credentials, tokens."""

from __future__ import annotations

import base64
import json
from typing import Any

from embedded.providers.azure_native import shape
from embedded.providers.azure_native.arm import Client
from embedded.providers.azure_native.types import TYPES, ResourceType
from embedded.providers.resource import InputsInvalid, ProviderError
from embedded.providers.values import Properties

#: Function -> the type that it reads.
GETTERS = {f"get{row.token.split(':')[1]}": row for row in TYPES}
#: Function -> (type, action of the POST).
ACTIONS = {
    "listRegistryCredentials": ("Registry", "listCredentials"),
    "listWebhookEvents": ("Webhook", "listEvents"),
    "getWebhookCallbackConfig": ("Webhook", "getCallbackConfig"),
}


def call(client: Client, token: str, arguments: Properties) -> Properties:
    """The result of one function. Raises ProviderError, InputsInvalid."""
    name = token.rsplit(":", 1)[-1]
    if name in GETTERS:
        return _get(client, GETTERS[name], arguments)
    if name in ACTIONS:
        type_, action = ACTIONS[name]
        row = next(one for one in TYPES if one.token.endswith(f":{type_}"))
        return client.post(f"{_path(client, row, arguments)}/{action}", row.version, {})
    if name == "getClientConfig":
        return _client_config(client)
    if name == "getClientToken":
        return {
            "token": client.token(str(arguments.get("endpoint") or client.audience))
        }
    raise ProviderError(f"the embedded Azure has no function {token!r}")


def _get(client: Client, row: ResourceType, arguments: Properties) -> Properties:
    path = _path(client, row, arguments)
    body = client.get(path, row.version)
    if body is None:
        raise ProviderError(f"there is no resource '{path}'")
    outputs = shape.from_arm(row, body)
    return {**outputs, "id": body["id"], "azureApiVersion": row.version}


def _path(client: Client, row: ResourceType, arguments: Properties) -> str:
    missing = [name for name in row.parameters if not arguments.get(name)]
    if missing:
        raise InputsInvalid([(name, "is required") for name in missing])
    values = {name: str(arguments[name]).strip("/") for name in row.parameters}
    return row.path.format(subscriptionId=client.subscription, **values)


def _client_config(client: Client) -> Properties:
    claims = _claims(client.token(client.audience))
    return {
        "clientId": claims["appid"],
        "objectId": claims["oid"],
        "subscriptionId": client.subscription,
        "tenantId": claims["tid"],
    }


def _claims(token: str) -> dict[str, Any]:
    """What a token says; ARM is the one to verify it."""
    part = token.split(".")[1]
    padded = part + "=" * (-len(part) % 4)
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(padded))
    return found
