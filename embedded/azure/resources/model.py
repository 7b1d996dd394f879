"""Resource groups: their rules, and the cascade of their deletion."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from embedded.azure.errors import ArmError
from embedded.azure.resources.errors import (
    GroupElsewhere,
    GroupNotFound,
    InvalidFilter,
    InvalidGroupName,
    InvalidTags,
    LocationRequired,
    LocationUnknown,
)
from embedded.azure.service import Json, Service
from embedded.azure.store import Document, Store

TYPE = "Microsoft.Resources/resourceGroups"
#: Assignments and locks hang on a scope, and no list of resources has them.
EXTENSIONS = "microsoft.authorization/"
_NAME = re.compile(r"[\w().-]{0,89}[\w()-]")
_LOCATION = re.compile(r"[a-z][a-z0-9]{2,40}")
_FILTER = re.compile(
    r"\s*(resourceType|resourceGroup|name|location|tagName|tagValue)"
    r"\s+eq\s+'([^']*)'\s*",
    re.I,
)


class Groups:
    """The resource groups of the one subscription."""

    def __init__(self, store: Store, subscription: str) -> None:
        self._store = store
        self._base = f"/subscriptions/{subscription}/resourceGroups"
        self._services: Sequence[Service] = ()

    def serve(self, services: Sequence[Service]) -> None:
        """The services that hold what is in a group, in the order of their needs."""
        self._services = services

    def id(self, name: str) -> str:
        return f"{self._base}/{name}"

    def put(self, name: str, body: Json) -> tuple[Json, bool]:
        """The group and whether it is new. Raises ArmErrors for what is wrong."""
        if _NAME.fullmatch(name) is None:
            raise InvalidGroupName(name)
        location = check_location(body.get("location"))
        old = self._store.get(self.id(name))
        if old is not None and old.body["location"] != location:
            raise GroupElsewhere(name, old.body["location"])
        group: Json = {
            "id": old.id if old else self.id(name),
            "name": old.body["name"] if old else name,
            "type": TYPE,
            "location": location,
            "tags": check_tags(body.get("tags")),
            "properties": {"provisioningState": "Succeeded"},
        }
        if body.get("managedBy"):
            group["managedBy"] = str(body["managedBy"])
        self._store.put(Document(group["id"], TYPE, group))
        return group, old is None

    def patch(self, name: str, body: Json) -> Json:
        group = self.get(name)
        if "tags" in body:
            group["tags"] = check_tags(body["tags"])
        self._store.put(Document(group["id"], TYPE, group))
        return group

    def get(self, name: str) -> Json:
        """Raises GroupNotFound."""
        found = self._store.get(self.id(name))
        if found is None:
            raise GroupNotFound(name)
        return found.body

    def all(self, filter_: str | None = None) -> list[Json]:
        """Raises InvalidFilter."""
        wanted = parse_filter(filter_)
        found = [one.body for one in self._store.under(self._base, TYPE)]
        return [one for one in found if _matches(one, wanted)]

    def mark_deleting(self, name: str) -> str:
        """The id of a group that takes nothing new from now on."""
        group = self.get(name)
        group["properties"]["provisioningState"] = "Deleting"
        self._store.put(Document(group["id"], TYPE, group))
        return str(group["id"])

    def half_deleted(self) -> list[str]:
        """Names of groups whose deletion was under way when the process ended."""
        return [
            group["name"]
            for group in self.all()
            if group["properties"]["provisioningState"] == "Deleting"
        ]

    async def remove(self, group_id: str) -> None:
        """Delete all that is in a group, dependents first, and then the group."""
        for service in reversed(self._services):
            for document in self._store.under(group_id):
                if document.type.startswith(f"{service.namespace.lower()}/"):
                    await self._remove_one(service, document.id)
        for document in self._store.under(group_id):
            self._store.delete(document.id)
        self._store.delete(group_id)

    def resources(self, scope: str, filter_: str | None) -> list[Json]:
        """Top-level resources below a scope, in the short form of a list."""
        wanted = parse_filter(filter_)
        rows = []
        for document in self._store.under(scope):
            tail = document.id.split("/providers/", 1)
            if len(tail) < 2 or tail[1].count("/") != 2:
                continue
            if document.type.startswith(EXTENSIONS):
                continue
            row = {
                name: document.body[name]
                for name in (
                    "id",
                    "name",
                    "type",
                    "location",
                    "tags",
                    "sku",
                    "identity",
                )
                if document.body.get(name) is not None
            }
            if _matches(row, wanted):
                rows.append(row)
        return rows

    async def _remove_one(self, service: Service, resource_id: str) -> None:
        if self._store.get(resource_id) is None:
            return  # it went with its parent
        try:
            await service.remove(resource_id)
        except ArmError as error:
            if error.status != 404:
                raise


def check_location(location: Any) -> str:
    """The location in Azure's short form: lower case, no blanks."""
    if not location or not isinstance(location, str):
        raise LocationRequired
    short = location.lower().replace(" ", "")
    if _LOCATION.fullmatch(short) is None:
        raise LocationUnknown(location)
    return short


def check_tags(tags: Any) -> dict[str, str]:
    """At most 50 tags of names up to 512 and values up to 256 characters."""
    if tags is None:
        return {}
    if not isinstance(tags, Mapping):
        raise InvalidTags("they must be an object of strings")
    if len(tags) > 50:
        raise InvalidTags(f"there are {len(tags)}, and 50 are allowed")
    for name, value in tags.items():
        if not isinstance(value, str) or not name:
            raise InvalidTags(f"'{name}' has a value that is no string")
        if len(name) > 512 or len(value) > 256:
            raise InvalidTags(f"'{name[:40]}' or its value is too long")
    return dict(tags)


def parse_filter(text: str | None) -> dict[str, str]:
    """``resourceType eq 'a' and name eq 'b'`` as a map of lower-case words.

    Raises InvalidFilter.
    """
    if not text:
        return {}
    wanted = {}
    for part in re.split(r"\s+and\s+", text, flags=re.I):
        found = _FILTER.fullmatch(part)
        if found is None:
            raise InvalidFilter(text)
        name = "type" if found.group(1).lower() == "resourcetype" else found.group(1)
        wanted[name.lower()] = found.group(2).lower()
    return wanted


def _matches(row: Json, wanted: Mapping[str, str]) -> bool:
    """Whether a resource or a group has all that a filter asks for."""
    tags = {k.lower(): v.lower() for k, v in (row.get("tags") or {}).items()}
    name, value = wanted.get("tagname"), wanted.get("tagvalue")
    if name is not None and (name not in tags or value not in (None, tags[name])):
        return False
    if name is None and value is not None and value not in tags.values():
        return False
    known = {
        **{k.lower(): str(v).lower() for k, v in row.items()},
        "resourcegroup": row["id"].lower().split("/")[4],
    }
    others = {k: v for k, v in wanted.items() if not k.startswith("tag")}
    return all(known.get(k) == v for k, v in others.items())
