"""Webhooks fire: what a listener gets of pushes and deletions."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.embedded.azure.registry.child import Child, made
from tests.embedded.azure.registry.registry import (
    MANIFEST,
    Registry,
    eventually,
    got,
    push,
)

Shop = Any


@dataclass
class Listener:
    """A web server that keeps what is posted to it: (headers, body)."""

    url: str = ""
    got: list[tuple[dict[str, str], Any]] = field(default_factory=list)

    def actions(self) -> list[str]:
        return [body["action"] for _, body in self.got]


@pytest.fixture
def listener() -> Iterator[Listener]:
    kept = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            kept.got.append((dict(self.headers), json.loads(body)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def store(shop: Shop) -> Registry:
    found: Registry = shop.make()
    return found


def hook(registry: Registry, listener: Listener, **more: Any) -> Child:
    asked = {"serviceUri": listener.url, "actions": ["push", "delete"], **more}
    return made(registry, "webhooks", "hook1", **asked)


def test_a_push_is_told_with_its_tag_and_digest(
    store: Registry, listener: Listener
) -> None:
    hook(store, listener, customHeaders={"X-Token": "sesame"})
    with store.pusher("app") as client:
        digest = push(client, "app", "1")
    eventually(lambda: listener.got)
    headers, body = listener.got[0]
    assert headers["X-Token"] == "sesame"
    assert headers["Content-Type"] == "application/json"
    assert body["action"] == "push"
    assert body["target"]["repository"] == "app"
    assert (body["target"]["tag"], body["target"]["digest"]) == ("1", digest)
    assert body["target"]["mediaType"] == MANIFEST
    assert body["request"]["method"] == "PUT"
    assert body["request"]["host"] == store.login_server


def test_a_deleted_manifest_and_a_deleted_repository_are_told(
    store: Registry, listener: Listener
) -> None:
    hook(store, listener, actions=["delete"])
    with store.pusher("app") as client:
        digest = push(client, "app", "1")
        assert client.delete(f"/v2/app/manifests/{digest}").status_code == 202
        push(client, "app", "2")
        assert client.delete("/acr/v1/app").status_code == 202
    eventually(lambda: len(listener.got) == 2)
    targets = [body["target"] for _, body in listener.got]
    assert targets[0] == {"repository": "app", "digest": digest}
    assert targets[1] == {"repository": "app"}


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("", ["app:1", "app:latest", "apple:1"]),
        ("app:*", ["app:1", "app:latest"]),
        ("app:1", ["app:1"]),
        ("app", ["app:latest"]),
    ],
)
def test_a_scope_lets_only_its_own_repository_and_tag_through(
    store: Registry, listener: Listener, scope: str, told: list[str]
) -> None:
    hook(store, listener, scope=scope)
    # The wanted ones last, so that one that is not would have come before them.
    for name in sorted(["app:1", "apple:1", "app:latest"], key=told.__contains__):
        repository, _, tag = name.partition(":")
        with store.pusher(repository) as client:
            push(client, repository, tag)
    eventually(lambda: len(listener.got) == len(told))
    targets = [body["target"] for _, body in listener.got]
    assert sorted(f"{one['repository']}:{one['tag']}" for one in targets) == told


def test_a_disabled_webhook_is_silent_until_it_is_enabled(
    store: Registry, listener: Listener
) -> None:
    child = hook(store, listener, status="disabled")
    with store.pusher("app") as client:
        push(client, "app", "1")
        got(child.patch(status="enabled"))
        push(client, "app", "2")
    eventually(lambda: listener.got)
    assert [body["target"]["tag"] for _, body in listener.got] == ["2"]


def test_a_ping_arrives_and_is_among_the_events(
    store: Registry, listener: Listener
) -> None:
    child = hook(store, listener, customHeaders={"X-Token": "sesame"})
    id_ = child.post("ping")["id"]
    assert listener.actions() == ["ping"]
    (event,) = child.post("listEvents")["value"]
    assert event["id"] == id_
    assert event["eventResponseMessage"]["statusCode"] == "204"
    assert "sesame" not in json.dumps(event)


def test_address_and_headers_show_only_in_the_callback_config(
    store: Registry, listener: Listener
) -> None:
    child = hook(store, listener, customHeaders={"X-Token": "sesame"})
    assert "sesame" not in child.get().text
    assert listener.url not in child.get().text
    assert child.post("getCallbackConfig") == {
        "serviceUri": listener.url,
        "customHeaders": {"X-Token": "sesame"},
    }


def test_a_listener_that_is_away_disturbs_no_push(store: Registry) -> None:
    child = hook(store, Listener("http://127.0.0.1:9/"))
    with store.pusher("app") as client:
        push(client, "app", "1")
    eventually(lambda: child.post("listEvents")["value"])
    (event,) = child.post("listEvents")["value"]
    assert event["eventResponseMessage"]["statusCode"] == "0"
