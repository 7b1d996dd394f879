"""Webhooks that fire: what happened in a registry, posted to whoever asked for it.

https://learn.microsoft.com/azure/container-registry/container-registry-webhook-reference
"""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from embedded.azure.ids import key, within
from embedded.azure.registry import rules
from embedded.azure.registry.children.model import Children
from embedded.azure.service import Json
from embedded.azure.store import Document, Store

LOGGER = logging.getLogger(__name__)
KIND = "webhook-events"
#: Events of one webhook that are kept, the newest first.
KEPT = 50
TIMEOUT = 10.0


@dataclass(frozen=True)
class Happening:
    """A push or a deletion. ``target`` and ``request`` are as webhooks tell them."""

    action: str
    repository: str
    tag: str
    target: Mapping[str, Any]
    request: Mapping[str, Any]

    def content(self) -> Json:
        return {
            "id": str(uuid.uuid4()),
            "timestamp": rules.now(),
            "action": self.action,
            "target": dict(self.target),
            "request": dict(self.request),
        }


class Notices:
    """Sends them in the background; nobody who pushes waits for a webhook."""

    def __init__(self, store: Store, children: Children) -> None:
        self._store = store
        self._children = children
        self._tasks: set[asyncio.Task[None]] = set()

    def tell(self, registry: str, happening: Happening) -> None:
        """Post it to each webhook of the registry that wants it."""
        for hook in self._children.all(f"{registry}/webhooks"):
            if wants(hook.body["properties"], happening):
                task = asyncio.ensure_future(self._send(hook, happening.content()))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def ping(self, hook: Document) -> str:
        """Send an event without a target; its id."""
        id_ = str(uuid.uuid4())
        content = {"id": id_, "timestamp": rules.now(), "action": "ping"}
        await self._send(hook, content)
        return id_

    def events(self, hook: Document) -> list[Json]:
        """The newest first; custom headers are masked."""
        found = self._store.record(KIND, key(hook.id)) or {}
        return list(found.get("events", ()))

    def forget(self, scope: str) -> None:
        """Drop the events of a webhook, or of all webhooks of a registry."""
        for name in self._store.records(KIND):
            if within(name, scope):
                self._store.drop_record(KIND, name)

    async def stop(self) -> None:
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=TIMEOUT)

    async def _send(self, hook: Document, content: Json) -> None:
        hidden = hook.private["hidden"]
        headers = {"Content-Type": "application/json", **hidden["customHeaders"]}
        uri, text = hidden["serviceUri"], json.dumps(content)
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
                answer = await client.post(uri, content=text, headers=headers)
            response = {
                "statusCode": str(answer.status_code),
                "reasonPhrase": answer.reason_phrase,
                "headers": dict(answer.headers),
                "content": answer.text[:4096],
                "version": "1.1",
            }
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            LOGGER.warning("webhook %s was not delivered: %s", hook.id, error)
            response = {"statusCode": "0", "reasonPhrase": str(error), "content": ""}
        masked = dict.fromkeys(hidden["customHeaders"], "******")
        request = {
            "method": "POST",
            "requestUri": uri,
            "headers": {**headers, **masked},
            "content": content,
            "version": "1.1",
        }
        self._remember(hook, content["id"], request, response)

    def _remember(self, hook: Document, id_: str, request: Json, answer: Json) -> None:
        row = {
            "id": id_,
            "eventRequestMessage": request,
            "eventResponseMessage": answer,
        }
        events = [row, *self.events(hook)][:KEPT]
        self._store.set_record(KIND, key(hook.id), {"events": events})


def wants(properties: Mapping[str, Any], happening: Happening) -> bool:
    """Whether a webhook is on, and asked for such events in such a place."""
    if (
        properties["status"] != "enabled"
        or happening.action not in properties["actions"]
    ):
        return False
    scope = str(properties["scope"])
    repository, _, tag = scope.partition(":")
    if happening.repository != repository:
        return not scope
    # The API says so: `foo` is `foo:latest`, and `foo:*` is for all of its tags.
    return tag == "*" or happening.tag == (tag or "latest")
