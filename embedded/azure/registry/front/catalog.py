"""``/acr/v1``: repositories, tags and manifests as az and azure-containerregistry ask.

Data-plane API 2021-07-01.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from embedded.azure.registry.children.notices import Happening
from embedded.azure.registry.front import happenings
from embedded.azure.registry.front.contents import Contents, Manifest, Tag
from embedded.azure.registry.front.sign_in import refusal
from embedded.azure.registry.front.tokens import TokenInvalid, Tokens

#: A name is the path of a folder too: no part of it may be ``..``.
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_NAME = rf"(?P<name>{_PART}(?:/{_PART})*)"
_PATHS = [
    ("tag", re.compile(rf"/acr/v1/{_NAME}/_tags/(?P<tag>[\w][\w.-]{{0,127}})")),
    ("tags", re.compile(rf"/acr/v1/{_NAME}/_tags")),
    (
        "manifest",
        re.compile(rf"/acr/v1/{_NAME}/_manifests/(?P<digest>sha256:\w{{64}})"),
    ),
    ("manifests", re.compile(rf"/acr/v1/{_NAME}/_manifests")),
    ("repository", re.compile(rf"/acr/v1/{_NAME}")),
]
UNLOCKED = {
    "deleteEnabled": True,
    "writeEnabled": True,
    "listEnabled": True,
    "readEnabled": True,
}
PAGE = 100


class Catalog:
    """The listing API of one registry."""

    def __init__(
        self,
        contents: Contents,
        tokens: Tokens,
        login_server: str,
        tell: Callable[[Happening], None],
    ) -> None:
        self._contents = contents
        self._tell = tell
        self._tokens = tokens
        self._login_server = login_server

    async def __call__(self, request: Request) -> Response:
        path = str(request.scope["path"]).rstrip("/")
        if path == "/acr/v1/_catalog":
            return self._all(request)
        for kind, pattern in _PATHS:
            found = pattern.fullmatch(path)
            if found is not None:
                return self._one(request, kind, found.groupdict())
        return refusal(404, "NOT_FOUND", f"there is nothing at {path}")

    def _all(self, request: Request) -> Response:
        if (denied := self._denied(request, "registry", "catalog", "*")) is not None:
            return denied
        names, headers = _page(request, self._contents.repositories())
        return JSONResponse({"repositories": names or None}, headers=headers)

    def _one(self, request: Request, kind: str, parts: dict[str, str]) -> Response:
        name = parts["name"]
        action = "delete" if request.method == "DELETE" else "metadata_read"
        if (denied := self._denied(request, "repository", name, action)) is not None:
            return denied
        if not self._contents.manifests(name):
            return refusal(404, "NAME_UNKNOWN", "repository name not known to registry")
        key = f"{request.method.lower()}_{kind}"
        handler = getattr(self, f"_{key}", None)
        if handler is None:
            return refusal(405, "UNSUPPORTED", f"{request.method} is not supported")
        answer: Response = handler(request, parts)
        return answer

    def _get_repository(self, _: Request, parts: dict[str, str]) -> Response:
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
                "changeableAttributes": UNLOCKED,
            }
        )

    def _delete_repository(self, request: Request, parts: dict[str, str]) -> Response:
        digests, tags = self._contents.delete_repository(parts["name"])
        self._tell(happenings.deleted_repository(request, parts["name"]))
        return JSONResponse({"manifestsDeleted": digests, "tagsDeleted": tags}, 202)

    def _get_tags(self, request: Request, parts: dict[str, str]) -> Response:
        tags = self._contents.tags(parts["name"])
        digest = request.query_params.get("digest")
        wanted = [tag for tag in tags if digest in (None, tag.digest)]
        if request.query_params.get("orderby") in ("timedesc", "timeasc"):
            newest = request.query_params["orderby"] == "timedesc"
            wanted.sort(key=lambda tag: tag.updated, reverse=newest)
        rows = {tag.name: _tag(tag) for tag in wanted}
        names, headers = _page(request, list(rows))
        body = {**self._head(parts["name"]), "tags": [rows[name] for name in names]}
        return JSONResponse(body, headers=headers)

    def _get_tag(self, _: Request, parts: dict[str, str]) -> Response:
        for tag in self._contents.tags(parts["name"]):
            if tag.name == parts["tag"]:
                body = {**self._head(parts["name"]), "tag": _tag(tag)}
                return JSONResponse(body)
        return refusal(404, "TAG_UNKNOWN", "the tag does not exist")

    def _delete_tag(self, _: Request, parts: dict[str, str]) -> Response:
        if self._contents.delete_tag(parts["name"], parts["tag"]):
            return Response(status_code=202)
        return refusal(404, "TAG_UNKNOWN", "the tag does not exist")

    def _get_manifests(self, request: Request, parts: dict[str, str]) -> Response:
        rows = {m.digest: _manifest(m) for m in self._contents.manifests(parts["name"])}
        names, headers = _page(request, list(rows))
        shown = [rows[name] for name in names]
        body = {**self._head(parts["name"]), "manifests": shown}
        return JSONResponse(body, headers=headers)

    def _get_manifest(self, _: Request, parts: dict[str, str]) -> Response:
        for one in self._contents.manifests(parts["name"]):
            if one.digest == parts["digest"]:
                body = {**self._head(parts["name"]), "manifest": _manifest(one)}
                return JSONResponse(body)
        return refusal(404, "MANIFEST_UNKNOWN", "manifest unknown")

    def _head(self, name: str) -> dict[str, Any]:
        return {"registry": self._login_server, "imageName": name}

    def _denied(
        self, request: Request, type_: str, name: str, action: str
    ) -> Response | None:
        """A 401 with the scope that is needed; None for a token that has it."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            claims = self._tokens.verify(token.strip(), "access_token")
        except TokenInvalid:
            claims = {"access": []}
        for one in claims["access"] if scheme.lower() == "bearer" else []:
            if (one["type"], one["name"]) == (type_, name) and action in one["actions"]:
                return None
        realm = f"https://{self._login_server}/oauth2/token"
        challenge = (
            f'Bearer realm="{realm}",service="{self._login_server}",'
            f'scope="{type_}:{name}:{action}"'
        )
        detail = [{"Type": type_, "Name": name, "Action": action}]
        headers = {"WWW-Authenticate": challenge}
        message = "authentication required"
        return refusal(401, "UNAUTHORIZED", message, detail, headers)


def _page(request: Request, names: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """One page, and the ``Link`` to the next (relative, as ACR sends it)."""
    last = request.query_params.get("last")
    start = names.index(last) + 1 if last in names else 0
    text = request.query_params.get("n", "")
    count = int(text) if re.fullmatch("0*[1-9][0-9]{0,8}", text) else PAGE
    page = list(names[start : start + count])
    if start + count >= len(names):
        return page, {}
    query: dict[str, object] = {"last": page[-1], "n": count}
    if "orderby" in request.query_params:
        query["orderby"] = request.query_params["orderby"]
    return page, {
        "Link": f'<{quote(request.scope["path"])}?{urlencode(query)}>; rel="next"'
    }


def _tag(tag: Tag) -> dict[str, Any]:
    return {
        "name": tag.name,
        "digest": tag.digest,
        "createdTime": tag.created,
        "lastUpdateTime": tag.updated,
        "signed": False,
        "changeableAttributes": UNLOCKED,
    }


def _manifest(manifest: Manifest) -> dict[str, Any]:
    return {
        "digest": manifest.digest,
        "imageSize": manifest.size,
        "createdTime": manifest.created,
        "lastUpdateTime": manifest.created,
        "architecture": "amd64",
        "os": "linux",
        "mediaType": manifest.media_type,
        "tags": list(manifest.tags),
        "changeableAttributes": UNLOCKED,
    }
