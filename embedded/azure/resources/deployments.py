"""``deployments/validate``: what a PUT of each resource would refuse at once.

https://learn.microsoft.com/rest/api/resources/deployments/validate
Templates of literal resources alone: nothing here works out expressions, or deploys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from embedded.azure.errors import ArmError
from embedded.azure.resources.errors import (
    InvalidTemplate,
    InvalidTemplateDeployment,
    ProviderNotFound,
)
from embedded.azure.service import Json, Preflight, Service

NAME = r"[\w.()-]{1,64}"
_TYPE = re.compile(r"[\w.]+(/\w+)+")
#: Members of a template's resource that are no part of the resource.
_OWN = ("type", "apiVersion", "name", "dependsOn", "comments")


def validate(services: Sequence[Service], group: str, name: str, body: Json) -> Json:
    """The answer. Raises InvalidTemplate, InvalidTemplateDeployment; changes nothing.

    ``group`` is the id of a resource group.
    """
    if re.fullmatch(NAME, name) is None:
        raise InvalidTemplate(f"'{name}' is no name of a deployment")
    faults, found = [], []
    for row in _resources(body):
        found.append({"id": _id(group, row)})
        try:
            _check(services, found[-1]["id"], row)
        except ArmError as error:
            faults.append(error)
    if faults:
        raise InvalidTemplateDeployment(name, faults)
    done = {"provisioningState": "Succeeded", "validatedResources": found}
    id_ = f"{group}/providers/Microsoft.Resources/deployments/{name}"
    type_ = "Microsoft.Resources/deployments"
    return {"id": id_, "name": name, "type": type_, "properties": done}


def _check(services: Sequence[Service], resource_id: str, row: Json) -> None:
    namespace = str(row["type"]).split("/")[0]
    for service in services:
        if service.namespace.lower() == namespace.lower():
            if isinstance(service, Preflight):
                content = {k: v for k, v in row.items() if k not in _OWN}
                service.preflight(resource_id, content)
            return
    raise ProviderNotFound(namespace)


def _resources(body: Json) -> list[Json]:
    """The resources of a template, each with its type and name."""
    properties = body.get("properties")
    template = properties.get("template") if isinstance(properties, Mapping) else None
    rows = template.get("resources") if isinstance(template, Mapping) else None
    if not isinstance(rows, list):
        raise InvalidTemplate("properties.template.resources must be a list")
    return [_resource(row) for row in rows]


def _resource(row: Any) -> Json:
    plain = _literal(row)
    if not isinstance(plain, dict):
        raise InvalidTemplate("a resource must be an object")
    type_, name = plain.get("type"), plain.get("name")
    if not isinstance(type_, str) or _TYPE.fullmatch(type_) is None:
        raise InvalidTemplate(f"'{type_}' is no type such as Microsoft.X/things")
    if not isinstance(name, str) or name.count("/") != type_.count("/") - 1:
        raise InvalidTemplate(f"'{name}' is no name of a {type_}")
    return plain


def _literal(value: Any) -> Any:
    """A string that begins with ``[`` is an expression, and ``[[`` stands for one."""
    if isinstance(value, dict):
        return {key: _literal(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_literal(one) for one in value]
    if isinstance(value, str) and value.startswith("[["):
        return value[1:]
    if isinstance(value, str) and value.startswith("["):
        raise InvalidTemplate(f"expressions are not worked out here: {value[:80]}")
    return value


def _id(group: str, row: Json) -> str:
    namespace, *types = row["type"].split("/")
    pairs = zip(types, row["name"].split("/"), strict=True)
    path = "/".join(f"{type_}/{name}" for type_, name in pairs)
    return f"{group}/providers/{namespace}/{path}"
