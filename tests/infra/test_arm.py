"""A call to ARM, and the operation that it may begin, against a server of one's own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from infra import arm

PATH = "/subscriptions/s/registries/r/generateCredentials"
Reply = tuple[int, dict[str, str], Any]
DONE: Reply = (200, {}, {"passwords": []})


class Arm(HTTPServer):
    """Answers what it is told to, one after the other, and remembers who asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[Reply] = []
        self.asked: list[tuple[str, str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Arm

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        token = self.headers["Authorization"]
        self.server.asked.append((self.command, self.path, token))
        status, headers, body = self.server.answers.pop(0)
        text = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(text))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = answer  # noqa: N815 (the base class calls these)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Arm]:
    for name in ("ARM_METADATA_HOSTNAME", "ARM_ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)
    with Arm() as server:
        monkeypatch.setitem(arm.CLOUDS, "public", server.url)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def post() -> Any:
    return arm.post(PATH, "2023-01-01-preview", {"name": "password1"}, "mine")


def test_an_answer_at_once_is_the_result(cloud: Arm) -> None:
    cloud.answers = [DONE]
    assert post() == DONE[2]
    asked = ("POST", f"{PATH}?api-version=2023-01-01-preview", "Bearer mine")
    assert cloud.asked == [asked]


def test_what_is_only_accepted_is_asked_for_until_it_has_ended(cloud: Arm) -> None:
    operation = {"Location": f"{cloud.url}/operations/1", "Retry-After": "0"}
    cloud.answers = [(202, operation, None), (202, operation, None), DONE]
    assert post() == DONE[2]
    assert cloud.asked[1:] == [("GET", "/operations/1", "Bearer mine")] * 2


@pytest.mark.parametrize("where", ["https://elsewhere.example/1", ""])
def test_the_token_is_shown_to_arm_alone(cloud: Arm, where: str) -> None:
    cloud.answers = [(202, {"Location": where}, None)]
    with pytest.raises(arm.ArmRefused, match="the way on is"):
        post()


def test_an_operation_that_does_not_end_is_given_up(
    cloud: Arm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arm, "PATIENCE", 0.0)
    cloud.answers = [(202, {"Location": f"{cloud.url}/1"}, None)]
    with pytest.raises(arm.ArmRefused, match="has not ended within 0 s"):
        post()


def test_a_refusal_says_what_azure_said(cloud: Arm) -> None:
    cloud.answers = [(409, {}, {"error": {"code": "TokenNotActive"}})]
    with pytest.raises(arm.ArmRefused, match=r"409 .*TokenNotActive"):
        post()


def test_a_cloud_that_there_is_not_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARM_METADATA_HOSTNAME", raising=False)
    monkeypatch.setenv("ARM_ENVIRONMENT", "moon")
    with pytest.raises(arm.CloudUnknown, match="public, usgovernment, china"):
        arm.endpoint()
