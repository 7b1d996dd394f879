"""HTTP of the children of registries."""

from __future__ import annotations

from collections.abc import Iterator

from embedded.azure.registry import schema
from embedded.azure.registry.children.kinds import KINDS
from embedded.azure.registry.children.model import Children
from embedded.azure.registry.children.notices import Notices
from embedded.azure.registry.children.passwords import Passwords
from embedded.azure.registry.errors import FeatureNotSupported
from embedded.azure.service import Call, Json, Reply, Route
from embedded.azure.store import Document

KIND = "Microsoft.ContainerRegistry/registries"


class ChildRoutes:
    """The operations on children; ``base`` is the path template of a registry."""

    def __init__(self, children: Children, notices: Notices, base: str) -> None:
        self._children = children
        self._passwords = Passwords(children)
        self._notices = notices
        self._base = base
        self.routes = [*self._resources(), *self._actions()]

    def _resources(self) -> Iterator[Route]:
        for row in KINDS:
            kind, many = f"{KIND}/{row.type}", f"{self._base}/{row.type}"
            one = f"{many}/{{child}}"
            yield Route("GET", many, f"{kind}/read", self._list)
            yield Route("GET", one, f"{kind}/read", self._get)
            whole = schema.child(row.type, patch=False)
            part = schema.child(row.type, patch=True)
            yield Route("PUT", one, f"{kind}/write", self._put, whole)
            yield Route("PATCH", one, f"{kind}/write", self._patch, part)
            yield Route("DELETE", one, f"{kind}/delete", self._delete)

    def _actions(self) -> Iterator[Route]:
        hook = f"{self._base}/webhooks/{{child}}"
        for verb, handler in (
            ("ping", self._ping),
            ("listEvents", self._events),
            ("getCallbackConfig", self._callback),
        ):
            action = f"{KIND}/webhooks/{verb}/action"
            yield Route("POST", f"{hook}/{verb}", action, handler)
        whole: Json = {"type": "object"}
        for verb, handler, body in (
            ("generateCredentials", self._generate, schema.GENERATE),
            ("scheduleRun", self._no_runs, whole),
            ("listBuildSourceUploadUrl", self._no_runs, None),
            ("importImage", self._no_import, whole),
        ):
            action = f"{KIND}/{verb}/action"
            yield Route("POST", f"{self._base}/{verb}", action, handler, body)
        task, runs = f"{self._base}/tasks/{{child}}", f"{self._base}/runs"
        action = f"{KIND}/tasks/listDetails/action"
        yield Route("POST", f"{task}/listDetails", action, self._details)
        yield Route("GET", runs, f"{KIND}/runs/read", self._runs)

    async def _list(self, call: Call) -> Reply:
        rows = [one.body for one in self._children.all(call.path)]
        return Reply(200, {"value": rows})

    async def _get(self, call: Call) -> Reply:
        return Reply(200, self._children.get(call.path).body)

    async def _put(self, call: Call) -> Reply:
        made, created = self._children.put(call.path, call.body)
        return Reply(201 if created else 200, made.body)

    async def _patch(self, call: Call) -> Reply:
        return Reply(200, self._children.patch(call.path, call.body).body)

    async def _delete(self, call: Call) -> Reply:
        gone = self._children.delete(call.path)
        self._notices.forget(call.path)
        return Reply(200 if gone else 204)

    async def _generate(self, call: Call) -> Reply:
        registry = call.path.rpartition("/")[0]
        return Reply(200, self._passwords.generate(registry, call.body))

    async def _details(self, call: Call) -> Reply:
        """A task with the tokens in it, which no read shows."""
        task = self._children.get(call.path.rpartition("/")[0])
        known = {**task.body["properties"], **task.private["hidden"]}
        return Reply(200, {**task.body, "properties": known})

    async def _no_runs(self, call: Call) -> Reply:
        verb = call.path.rpartition("/")[2]
        reason = "tasks are kept and shown here, and never run; `docker build` builds"
        raise FeatureNotSupported(verb, reason)

    async def _no_import(self, call: Call) -> Reply:  # noqa: ARG002
        reason = "use `skopeo copy`, or `docker pull`, `tag` and `push`"
        raise FeatureNotSupported("importImage", reason)

    async def _runs(self, call: Call) -> Reply:
        """None has ever been."""
        self._children.of(call.path.rpartition("/")[0])
        return Reply(200, {"value": []})

    async def _ping(self, call: Call) -> Reply:
        return Reply(200, {"id": await self._notices.ping(self._hook(call))})

    async def _events(self, call: Call) -> Reply:
        return Reply(200, {"value": self._notices.events(self._hook(call))})

    async def _callback(self, call: Call) -> Reply:
        return Reply(200, dict(self._hook(call).private["hidden"]))

    def _hook(self, call: Call) -> Document:
        return self._children.get(call.path.rpartition("/")[0])
