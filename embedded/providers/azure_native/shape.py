"""The SDK's flat properties and ARM's nested body, both ways. Sans-I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded.providers.azure_native.types import ResourceType
from embedded.providers.values import Properties

#: Keys that are not part of a body.
OWN = ("azureApiVersion",)
_TEMPLATE = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/"
    "deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
}


def to_arm(row: ResourceType, inputs: Properties) -> Properties:
    """The body of a PUT."""
    body: Properties = {}
    inner: Properties = {}
    for key, value in inputs.items():
        if key in row.parameters or key in OWN or value is None:
            continue
        if key in row.root:
            body[key] = _identity_to_arm(value) if _is_identity(row, key) else value
        else:
            inner[key] = _list_to_arm(row, key, _ip_rules(value, "value"))
    if row.flattened:
        body["properties"] = inner
    return body


def template(row: ResourceType, path: str, body: Properties) -> tuple[str, Properties]:
    """The path and the body of a POST that has a resource's body checked.

    https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions
    """
    group, _, rest = path.partition("/providers/")
    namespace, *parts = rest.split("/")
    resource = {
        **_escaped(body),
        "type": "/".join((namespace, *parts[::2])),
        "apiVersion": row.version,
        "name": "/".join(parts[1::2]),
    }
    asked = {"mode": "Incremental", "template": {**_TEMPLATE, "resources": [resource]}}
    where = f"{group}/providers/Microsoft.Resources/deployments/check/validate"
    return where, {"properties": asked}


def _escaped(value: Any) -> Any:
    """What begins with a bracket is an expression in a template, unless it has two."""
    if isinstance(value, dict):
        return {key: _escaped(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_escaped(one) for one in value]
    return f"[{value}" if isinstance(value, str) and value.startswith("[") else value


def from_arm(row: ResourceType, body: Properties) -> Properties:
    """The outputs of a resource."""
    outputs: Properties = {
        k: v for k, v in body.items() if k not in ("properties", "id")
    }
    inner = body.get("properties") or {}
    if not row.flattened:
        outputs["properties"] = inner
    for key, value in inner.items() if row.flattened else ():
        flat = _list_from_arm(row, key, _ip_rules(value, "iPAddressOrRange"))
        outputs[key] = flat
    return outputs


def _is_identity(row: ResourceType, key: str) -> bool:
    return row.identity_list and key == "identity"


def _identity_to_arm(identity: Any) -> Any:
    """A list of ids becomes a map of ids to empty objects."""
    ids = identity.get("userAssignedIdentities")
    if not isinstance(ids, list):
        return identity
    return {**identity, "userAssignedIdentities": {one: {} for one in ids}}


def _list_to_arm(row: ResourceType, key: str, value: Any) -> Any:
    outside = row.nested.get(key)
    if outside is None or not isinstance(value, list):
        return value
    return [
        {
            **{k: v for k, v in item.items() if k in outside},
            "properties": {k: v for k, v in item.items() if k not in outside},
        }
        for item in value
    ]


def _list_from_arm(row: ResourceType, key: str, value: Any) -> Any:
    if key not in row.nested or not isinstance(value, list):
        return value
    return [
        {
            **{k: v for k, v in item.items() if k != "properties"},
            **(item.get("properties") or {}),
        }
        for item in value
    ]


def _ip_rules(value: Any, wanted: str) -> Any:
    """``networkRuleSet.ipRules``: the SDK and ARM name the address differently."""
    if not isinstance(value, Mapping) or not isinstance(value.get("ipRules"), list):
        return value
    other = "iPAddressOrRange" if wanted == "value" else "value"
    rules = [
        {wanted if k == other else k: v for k, v in rule.items()}
        for rule in value["ipRules"]
    ]
    return {**value, "ipRules": rules}
