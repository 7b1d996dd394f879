"""``/acr/v1``: repositories, tags and manifests as az and azure-containerregistry ask.

Data-plane API 2021-07-01.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from embedded.azure import intake
from embedded.azure.registry.children.notices import Happening
from embedded.azure.registry.front import happenings, operations, pages
from embedded.azure.registry.front.attributes import DELETE, FLAGS, Attributes
from embedded.azure.registry.front.contents import Contents, Manifest, Tag
from embedded.azure.registry.front.operations import (
    ACR,
    MANIFEST,
    MANIFESTS,
    REPOSITORY,
    TAG,
    TAGS,
)
from embedded.azure.registry.front.refusals import disallowed, refusal, sign_in_first
from embedded.azure.registry.front.tokens import Tokens

Parts = Mapping[str, str]
#: Bytes of a PATCH.
LARGEST = 64 * 1024


class Invalid(Exception):
    """A body that sets no attributes."""


class Catalog:
    """The listing API of one registry."""

    def __init__(
        self,
        contents: Contents,
        attributes: Attributes,
        tokens: Tokens,
        login_server: str,
        tell: Callable[[Happening], None],
    ) -> None:
        self._contents = contents
        self._attributes = attributes
        self._tell = tell
        self._tokens = tokens
        self._login_server = login_server
        #: What shows an image or a part of it, and what lists or deletes.
        self._shows = {
            REPOSITORY: self._repository,
            TAG: self._tag,
            MANIFEST: self._manifest,
        }
        self._others = {
            ("GET", TAGS): self._tags,
            ("GET", MANIFESTS): self._manifests,
            ("DELETE", REPOSITORY): self._delete_repository,
            ("DELETE", TAG): self._delete_tag,
        }

    async def __call__(self, request: Request) -> Response:
        path = str(request.scope["path"]).rstrip("/")
        found = operations.match(ACR, path)
        if found is None:
            return refusal(404, "NOT_FOUND", f"there is nothing at {path}")
        operation = found.methods.get(request.method)
        if operation is None:
            return refusal(405, "UNSUPPORTED", f"{request.method} is not supported")
        name = found.parts.get("name", "")
        if (denied := self._denied(request, name, operation.action)) is not None:
            return denied
        if not name:
            return self._all(request)
        if not self._contents.has(name):
            return refusal(404, "NAME_UNKNOWN", "repository name not known to registry")
        if request.method == "PATCH":
            return await self._change(request, found)
        if request.method == "GET" and found.template in self._shows:
            return self._shows[found.template](found.parts)
        return self._others[request.method, found.template](request, found.parts)

    def _all(self, request: Request) -> Response:
        hidden = self._attributes.hidden()
        every = self._contents.repositories()
        listed = [name for name in every if (name, "") not in hidden]
        names, headers = pages.page(request, listed)
        return JSONResponse({"repositories": names or None}, headers=headers)

    async def _change(self, request: Request, found: operations.Match) -> Response:
        """Set attributes; also of what is locked, or nothing could be unlocked."""
        name, reference = found.parts["name"], _reference(found.parts)
        try:
            flags = _flags(await intake.take(request, LARGEST))
        except intake.TooLarge:
            message = f"the body has more than {LARGEST} bytes"
            return refusal(413, "SIZE_INVALID", message)
        except Invalid as error:
            return refusal(400, "INVALID_REQUEST", str(error))
        if self._contents.has(name, reference):
            self._attributes.change(name, reference, flags)
        return self._shows[found.template](found.parts)

    def _repository(self, parts: Parts) -> Response:
        name = parts["name"]
        tags, manifests = self._contents.tags(name), self._contents.manifests(name)
        times = sorted([m.created for m in manifests] + [t.updated for t in tags])
        return JSONResponse(
            {
                **self._head(name),
                "createdTime": times[0],
                "lastUpdateTime": times[-1],
                "manifestCount": len(manifests),
                "tagCount": len(tags),
                "changeableAttributes": self._attributes.of(name),
            }
        )

    def _delete_repository(self, request: Request, parts: Parts) -> Response:
        name = parts["name"]
        if not self._attributes.allow_all(DELETE, name):
            return disallowed()
        digests, tags = self._contents.delete_repository(name)
        self._tell(happenings.deleted_repository(request, name))
        return JSONResponse({"manifestsDeleted": digests, "tagsDeleted": tags}, 202)

    def _tags(self, request: Request, parts: Parts) -> Response:
        name, digest = parts["name"], request.query_params.get("digest")
        hidden = self._attributes.hidden()
        found = {
            tag.name: self._tag_row(name, tag)
            for tag in self._contents.tags(name)
            if digest in (None, tag.digest) and (name, tag.name) not in hidden
        }
        rows, headers = pages.rows(request, found)
        return JSONResponse({**self._head(name), "tags": rows}, headers=headers)

    def _tag(self, parts: Parts) -> Response:
        name = parts["name"]
        for tag in self._contents.tags(name):
            if tag.name == parts["tag"]:
                row = self._tag_row(name, tag)
                return JSONResponse({**self._head(name), "tag": row})
        return refusal(404, "TAG_UNKNOWN", "the tag does not exist")

    def _delete_tag(self, _: Request, parts: Parts) -> Response:
        name, tag = parts["name"], parts["tag"]
        if not self._attributes.allow(DELETE, name, [tag]):
            return disallowed()
        if self._contents.delete_tag(name, tag):
            return Response(status_code=202)
        return refusal(404, "TAG_UNKNOWN", "the tag does not exist")

    def _manifests(self, request: Request, parts: Parts) -> Response:
        name, hidden = parts["name"], self._attributes.hidden()
        found = {
            one.digest: self._manifest_row(name, one)
            for one in self._contents.manifests(name)
            if (name, one.digest) not in hidden
        }
        rows, headers = pages.rows(request, found)
        return JSONResponse({**self._head(name), "manifests": rows}, headers=headers)

    def _manifest(self, parts: Parts) -> Response:
        name = parts["name"]
        for one in self._contents.manifests(name):
            if one.digest == parts["digest"]:
                row = self._manifest_row(name, one)
                return JSONResponse({**self._head(name), "manifest": row})
        return refusal(404, "MANIFEST_UNKNOWN", "manifest unknown")

    def _head(self, name: str) -> dict[str, Any]:
        return {"registry": self._login_server, "imageName": name}

    def _tag_row(self, name: str, tag: Tag) -> dict[str, Any]:
        return {
            "name": tag.name,
            "digest": tag.digest,
            "createdTime": tag.created,
            "lastUpdateTime": tag.updated,
            "signed": False,
            "changeableAttributes": self._attributes.of(name, tag.name),
        }

    def _manifest_row(self, name: str, one: Manifest) -> dict[str, Any]:
        # An index is of no platform.
        platform = {"architecture": one.architecture, "os": one.os}
        return {
            "digest": one.digest,
            "imageSize": one.size,
            "createdTime": one.created,
            "lastUpdateTime": one.created,
            **{key: value for key, value in platform.items() if value},
            "mediaType": one.media_type,
            "tags": list(one.tags),
            "changeableAttributes": self._attributes.of(name, one.digest),
        }

    def _denied(self, request: Request, name: str, action: str) -> Response | None:
        """A 401 with the scope that is needed; None for a token that has it."""
        scope = ("repository", name, action) if name else ("registry", "catalog", "*")
        if self._tokens.opens(request.headers.get("authorization", ""), *scope):
            return None
        return sign_in_first(self._login_server, *scope)


def _reference(parts: Parts) -> str:
    return parts.get("tag") or parts.get("digest") or ""


def _flags(data: bytes) -> dict[str, bool]:
    """What a PATCH sets. Raises Invalid."""
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Invalid("the body is no valid JSON") from error
    if not isinstance(body, dict):
        raise Invalid("the body is no JSON object")
    # What is null is not set: some clients send it so.
    given = {flag: body[flag] for flag in FLAGS if body.get(flag) is not None}
    for flag, value in given.items():
        if not isinstance(value, bool):
            raise Invalid(f"{flag} must be true or false")
    return given
