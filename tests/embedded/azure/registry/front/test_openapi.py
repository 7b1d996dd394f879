"""The description that a registry gives of itself, and requests made from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import requests
from jsonschema import Draft202012Validator

from embedded.azure.registry.front.operations import PARTS
from embedded.azure.registry.front.shapes import DIGEST
from tests.embedded.azure.campaign import EXAMPLES, failures, operations
from tests.embedded.azure.registry.registry import (
    AUDIENCE,
    MANIFEST,
    NULL_GUID,
    Registry,
    digest,
    pull,
    push,
)

Shop = Any
Json = dict[str, Any]
ALL = "pull,push,delete,metadata_read,metadata_write"
NAME = "known/app"
OPEN = dict.fromkeys(
    ("deleteEnabled", "writeEnabled", "listEnabled", "readEnabled"), True
)
#: Of a path, where only the form of the request counts.
VALUES = {
    "name": NAME,
    "tag": "1",
    "reference": "1",
    "digest": digest(b""),
    "upload": "none",
}
_DIGESTS: Json = {
    "enum": [digest(b""), digest(b"x"), f"sha256:{'1' * 64}", f"sha512:{'a' * 128}"]
}
_TAG: Json = {"type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,8}$"}
#: Pattern -> what stands for it: hypothesis makes long ones up letter by letter.
CHEAP: dict[str, Json] = {
    f"^{PARTS['name']}$": {
        "type": "string",
        "pattern": "^[a-z0-9]{1,3}(?:(?:[._/]|__|-)[a-z0-9]{1,3}){0,3}$",
    },
    f"^{PARTS['tag']}$": _TAG,
    f"^{PARTS['reference']}$": {"anyOf": [_TAG, _DIGESTS]},
    f"^{PARTS['digest']}$": _DIGESTS,
    str(DIGEST["pattern"]): _DIGESTS,
    f"^{PARTS['upload']}$": {"type": "string", "pattern": "^[A-Za-z0-9_.=-]{1,9}$"},
}


@pytest.fixture
def description(registry: Registry) -> Json:
    with registry.http() as stranger:
        found: Json = stranger.get("/openapi.json").raise_for_status().json()
    return found


def test_it_is_there_for_everybody_and_names_its_registry(
    registry: Registry, description: Json
) -> None:
    assert description["servers"] == [{"url": f"https://{registry.login_server}"}]


def test_the_schemas_in_it_are_schemas(description: Json) -> None:
    for _, _, operation in operations(description):
        rows = [operation.get("requestBody", {}), *operation["responses"].values()]
        for content in (
            each for row in rows for each in row.get("content", {}).items()
        ):
            Draft202012Validator.check_schema(content[1]["schema"])


def test_a_stranger_is_told_to_sign_in_by_each_operation_in_it(
    registry: Registry, description: Json
) -> None:
    with registry.http() as stranger:
        for method, path, operation in operations(description):
            if "security" in operation:
                answer = stranger.request(method, path.format_map(VALUES))
                assert answer.status_code == 401, (method, path, answer.text)
                assert "oauth2/token" in answer.headers["www-authenticate"]


def test_a_method_that_is_not_in_it_is_refused(
    registry: Registry, description: Json
) -> None:
    with registry.http() as stranger:
        for path, row in description["paths"].items():
            for method in {"get", "put", "patch", "post", "delete"} - set(row):
                answer = stranger.request(method, path.format_map(VALUES))
                [error] = answer.json()["errors"]
                told = (answer.status_code, error["code"])
                assert told == (405, "UNSUPPORTED"), (method, path)


@dataclass
class World:
    """A registry of the test's own with one image, and somebody who asks for things.

    Whoever is signed in may do everything, in any repository.
    """

    registry: Registry
    owner: httpx.Client
    session: requests.Session
    signed_in: bool
    manifest: bytes = b""
    tokens: dict[str, str] = field(default_factory=dict)

    def mend(self) -> None:
        """Put back what an operation has changed or deleted."""
        if self.manifest and not self.signed_in:
            return  # who changes nothing
        for what in ("", "/_tags/1", f"/_manifests/{digest(self.manifest)}"):
            self.owner.patch(f"/acr/v1/{NAME}{what}", json=OPEN)
        if not pull(self.owner, NAME, "1").is_success:
            push(self.owner, NAME, "1")
        self.manifest = pull(self.owner, NAME, "1").content

    def ask(self, case: Any, known: bool) -> requests.Response:
        if known:
            self._make_known(case)
        headers = {}
        if self.signed_in and "/oauth2/" not in case.operation.path:
            name = str((case.path_parameters or {}).get("name", NAME))
            headers["Authorization"] = f"Bearer {self._token(name)}"
        answer: requests.Response = case.call(
            session=self.session,
            base_url=self.url,
            headers=headers,
            verify=self.session.verify,
        )
        if not self.signed_in and "security" in case.operation.definition.raw:
            assert answer.status_code >= 400, "a stranger may do nothing"
        return answer

    @property
    def url(self) -> str:
        return str(self.owner.base_url).rstrip("/")

    def _make_known(self, case: Any) -> None:
        """Ask about what is there, with what is right."""
        sha = digest(self.manifest)
        there = {"name": NAME, "tag": "1", "digest": sha, "reference": "1"}
        path = case.operation.path
        if path.endswith("/blobs/{digest}"):
            there["digest"] = digest(b"x")
        if path.endswith("{upload}"):
            there["upload"], case.query["_state"] = self._upload()
        case.path_parameters |= {
            name: there[name] for name in case.path_parameters if name in there
        }
        if case.operation.label == "PUT /v2/{name}/manifests/{reference}":
            case.body, case.media_type = json.loads(self.manifest), MANIFEST
        if path.startswith("/oauth2/") and isinstance(case.body, dict):
            case.body |= self._credentials(path)

    def _upload(self) -> tuple[str, str]:
        """One that has just begun, and its state."""
        begun = self.owner.post(f"/v2/{NAME}/blobs/uploads/")
        location = httpx.URL(begun.headers["location"])
        return location.path.rpartition("/")[2], location.params["_state"]

    def _credentials(self, path: str) -> Json:
        if path.endswith("exchange"):
            return {"access_token": self.registry.azure.token(AUDIENCE)}
        return {"grant_type": "refresh_token", "refresh_token": self.tokens["refresh"]}

    def _token(self, name: str) -> str:
        if name not in self.tokens:
            scopes = [f"repository:{name}:{ALL}", "registry:catalog:*"]
            answer = self.session.get(
                f"{self.url}/oauth2/token",
                params={"scope": scopes},
                auth=(NULL_GUID, self.tokens["refresh"]),
            )
            self.tokens[name] = answer.json()["access_token"]
        return self.tokens[name]


def cheap(found: Any) -> Any:
    """The same description, where what is sent is made up in no time."""
    if isinstance(found, list):
        return [cheap(one) for one in found]
    if not isinstance(found, dict):
        return found
    simple = CHEAP.get(found.get("pattern", ""))
    return simple or {
        key: one if key == "responses" else cheap(one) for key, one in found.items()
    }


@pytest.fixture(params=[True, False], ids=["signed in", "anonymous"])
def world(shop: Shop, request: pytest.FixtureRequest) -> Iterator[World]:
    registry: Registry = shop.make()
    token = registry.token(f"repository:{NAME}:{ALL}")
    with registry.http(token) as owner, requests.Session() as session:
        session.trust_env, session.verify = False, str(registry.azure.ca_file)
        tokens = {"refresh": registry.refresh_token()}
        yield World(registry, owner, session, request.param, tokens=tokens)
    registry.delete()


@pytest.mark.docker
def test_no_request_made_from_it_makes_the_front_fail(
    world: World, description: Json
) -> None:
    examples = EXAMPLES // 2 if world.signed_in else EXAMPLES // 4
    found = failures(cheap(description), world.ask, world.mend, lambda _: examples)
    assert not found, "\n\n".join(found)
