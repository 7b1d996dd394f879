"""What refers to a manifest, such as a signature: ``/v2/<name>/referrers/<digest>``.

OCI distribution specification 1.1, "Listing Referrers"; Debian's Distribution has none.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from embedded.azure.registry.front.attributes import Attributes
from embedded.azure.registry.front.contents import Contents
from embedded.azure.registry.front.operations import Match
from embedded.azure.registry.front.refusals import sign_in_first
from embedded.azure.registry.front.tokens import Tokens

INDEX = "application/vnd.oci.image.index.v1+json"


class Referrers:
    """Those in one registry. There is an answer also for a digest that nobody knows."""

    def __init__(
        self,
        contents: Contents,
        attributes: Attributes,
        tokens: Tokens,
        login_server: str,
    ) -> None:
        self._contents = contents
        self._attributes = attributes
        self._tokens = tokens
        self._login_server = login_server

    def __call__(self, request: Request, found: Match) -> Response:
        name, digest = found.parts["name"], found.parts["digest"]
        scope = ("repository", name, "pull")
        if not self._tokens.opens(request.headers.get("authorization", ""), *scope):
            return sign_in_first(self._login_server, *scope)
        hidden = self._attributes.hidden()
        rows = [
            row
            for row in self._contents.referrers(name, digest)
            if (name, row["digest"]) not in hidden
        ]
        wanted, headers = request.query_params.get("artifactType"), {}
        if wanted:
            rows = [row for row in rows if row.get("artifactType") == wanted]
            headers["OCI-Filters-Applied"] = "artifactType"
        body = {"schemaVersion": 2, "mediaType": INDEX, "manifests": rows}
        return JSONResponse(body, headers=headers, media_type=INDEX)
