"""The container service alone, with the smallest real parts around it."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import docker
import httpx

from embedded.azure.errors import ArmError
from embedded.azure.instance.routes import InstanceService
from embedded.azure.service import Call, Json, Principal, Settings
from embedded.azure.store import Document, Store

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
RESOURCE_GROUP = f"{SUBSCRIPTION}/resourceGroups/lab"
GROUPS = f"{RESOURCE_GROUP}/providers/Microsoft.ContainerInstance/containerGroups"
IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"
IDENTITY = f"{RESOURCE_GROUP}/providers/{IDENTITIES}/puller"
CALLER = Principal("object", "client", "tenant", "tester")

#: Answers with its environment, and ends at SIGTERM, which PID 1 does not by itself.
APP = """
import http.server, json, os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        sick = self.path == "/health" and os.path.exists("/tmp/sick")
        self.send_response(500 if sick else 200)
        self.end_headers()
        self.wfile.write(json.dumps(dict(os.environ)).encode())
    def log_message(self, *_): pass
print("listening on", sys.argv[1], flush=True)
http.server.HTTPServer(("", int(sys.argv[1])), Handler).serve_forever()
"""

T = TypeVar("T")


def web(port: int = 80) -> list[str]:
    """The command of a container that serves on the port."""
    return ["python3", "-c", APP, str(port)]


@dataclass(frozen=True)
class Answer:
    status: int
    body: Json
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])

    @property
    def message(self) -> str:
        return str(self.body["error"]["message"])


class People:
    """A directory of principals; tokens are names."""

    tenant_id = "tenant"

    def __init__(self) -> None:
        self.known: dict[str, Principal] = {}

    def add_identity(self, name: str) -> Principal:
        object_id = str(uuid.uuid4())
        principal = Principal(object_id, str(uuid.uuid4()), self.tenant_id, name)
        self.known[object_id] = principal
        return principal

    def drop(self, object_id: str) -> None:
        self.known.pop(object_id, None)

    def find(self, object_id: str) -> Principal | None:
        return self.known.get(object_id)

    def is_replicated(self, object_id: str) -> bool:
        return True

    def sign_in(self, client_id: str, secret: str) -> Principal | None:
        return None

    def issue(self, principal: Principal, audience: str) -> str:
        return f"{principal.name} for {audience}"

    def verify(self, token: str, audiences: Sequence[str]) -> Principal:
        raise NotImplementedError


class Work:
    """Long-running operations, to be waited for."""

    def __init__(self) -> None:
        self.tasks: dict[str, asyncio.Task[Json | None]] = {}

    def start(
        self,
        namespace: str,
        location: str,
        work: Awaitable[Json | None],
        *,
        subscription: str,
    ) -> Mapping[str, str]:
        name = str(uuid.uuid4())

        async def run() -> Json | None:
            return await work

        self.tasks[name] = asyncio.get_running_loop().create_task(run())
        return {"Azure-AsyncOperation": name}


class Portal:
    """Calls the service's routes on an event loop in another thread."""

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self.store = Store(self.home / "azure.sqlite")
        self.people = People()
        self.work = Work()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        settings = Settings(home=self.home)
        self.service = InstanceService(settings, self.store, self.people, self.work)
        self.run(self.service.start())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(timeout=60)

    def close(self) -> None:
        """Stop as at a SIGTERM: containers go on."""
        self.run(self.service.stop())
        self.run(self._end_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self.store.close()

    async def _end_tasks(self) -> None:
        for task in self.work.tasks.values():
            task.cancel()
        await asyncio.gather(*self.work.tasks.values(), return_exceptions=True)
        await self._loop.shutdown_default_executor()

    def add_identity(self) -> Principal:
        """The user-assigned identity IDENTITY, as its own service would record it."""
        principal = self.people.add_identity("puller")
        properties = {
            "principalId": principal.object_id,
            "clientId": principal.client_id,
        }
        self.store.put(Document(IDENTITY, IDENTITIES, {"properties": properties}))
        return principal

    def call(
        self, method: str, path: str, body: Json | None = None, **query: str
    ) -> Answer:
        return self.run(self._call(method, path, body, query))

    async def _call(
        self, method: str, path: str, body: Json | None, query: dict[str, str]
    ) -> Answer:
        for route in self.service.routes:
            params = _match(route.path, path)
            if route.method == method and params is not None:
                given = {"api-version": "2024-05-01-preview", **query}
                call = Call(method, path, params, given, body or {}, CALLER, {})
                try:
                    reply = await route.handler(call)
                except ArmError as error:
                    return Answer(error.status, error.body(), {})
                return Answer(reply.status, reply.body or {}, reply.headers)
        raise LookupError(f"no route for {method} {path}")

    def put(self, name: str, body: Json) -> Answer:
        """A PUT, waited for; what went wrong later stands in the answer too."""
        first = self.call("PUT", f"{GROUPS}/{name}", body)
        return self.wait(first)

    def wait(self, first: Answer) -> Answer:
        task = self.work.tasks.get(first.headers.get("Azure-AsyncOperation", ""))
        if task is None:
            return first

        async def finish() -> Json | None:
            return await task

        try:
            final = self.run(finish())
            return Answer(first.status, final or {}, first.headers)
        except ArmError as error:
            return Answer(error.status, error.body(), first.headers)

    def get(self, name: str) -> Json:
        answer = self.call("GET", f"{GROUPS}/{name}")
        assert answer.status == 200, answer.body
        return answer.body

    def view(self, name: str, index: int = 0) -> Json:
        """The instance view of one container."""
        containers = self.get(name)["properties"]["containers"]
        view: Json = containers[index]["properties"]["instanceView"]
        return view

    def address(self, name: str) -> str:
        return str(self.get(name)["properties"]["ipAddress"]["ip"])

    def variables(self, name: str) -> Json:
        """What the app of a group says its environment is, once it answers."""
        ip = self.address(name)
        answer: Json = eventually(lambda: fetch(ip)).json()
        return answer

    def delete(self, name: str) -> Answer:
        return self.call("DELETE", f"{GROUPS}/{name}")


def _match(template: str, path: str) -> dict[str, str] | None:
    parts, given = template.split("/"), path.split("/")
    if len(parts) != len(given):
        return None
    params: dict[str, str] = {}
    for part, text in zip(parts, given, strict=True):
        if part.startswith("{"):
            params[part[1:-1]] = text
        elif part.lower() != text.lower():
            return None
    return params


def container(image: str, name: str = "web", **properties: Any) -> Json:
    """A container of an ARM body that serves on port 80, unless told otherwise."""
    requests = {"cpu": 0.5, "memoryInGB": 0.2}
    whole = {
        "image": image,
        "command": web(),
        "ports": [{"port": 80}],
        "resources": {"requests": requests},
        **properties,
    }
    return {"name": name, "properties": whole}


def group(*containers: Json, **properties: Any) -> Json:
    """An ARM body of a group on one address with port 80."""
    whole = {
        "osType": "Linux",
        "containers": list(containers),
        "ipAddress": {"type": "Public", "ports": [{"port": 80}]},
        **properties,
    }
    kept = {key: value for key, value in whole.items() if value is not None}
    return {"location": "westeurope", "properties": kept}


def eventually(check: Callable[[], T | None], seconds: float = 15) -> T:
    """The first true answer. Raises AssertionError with the last one otherwise."""
    end = time.monotonic() + seconds
    while True:
        answer = check()
        if answer:
            return answer
        assert time.monotonic() < end, f"still {answer!r} after {seconds} s"
        time.sleep(0.05)


def fetch(address: str, path: str = "/", port: int = 80) -> httpx.Response | None:
    """None while nobody answers."""
    try:
        return httpx.get(f"http://{address}:{port}{path}", trust_env=False)
    except httpx.TransportError:
        return None


def image_names(engine: docker.DockerClient) -> set[str]:
    """What the engine has, by name and tag."""
    return {tag for image in engine.images.list() for tag in image.tags}
