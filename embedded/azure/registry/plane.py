"""The data plane of one registry: its Distribution and the HTTPS front before it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from embedded.azure.keys import SigningKey
from embedded.azure.registry.children.model import Children
from embedded.azure.registry.children.notices import Happening, Notices
from embedded.azure.registry.distribution import Distribution, Layout, end_leftover
from embedded.azure.registry.errors import PortTaken
from embedded.azure.registry.front import description
from embedded.azure.registry.front.attributes import Attributes
from embedded.azure.registry.front.callers import Callers
from embedded.azure.registry.front.catalog import Catalog
from embedded.azure.registry.front.contents import Contents
from embedded.azure.registry.front.door import Door
from embedded.azure.registry.front.locks import Locks
from embedded.azure.registry.front.referrers import Referrers
from embedded.azure.registry.front.refusals import refusal
from embedded.azure.registry.front.scope_tokens import ScopeTokens
from embedded.azure.registry.front.sign_in import SignIn
from embedded.azure.registry.front.stream import Stream
from embedded.azure.registry.front.tokens import Tokens
from embedded.azure.service import Access, Directory, Settings
from embedded.azure.store import Document, Store

#: Ports of login servers: below those that systems hand out for outgoing connections.
PORTS = range(20000, 30000)
ALL = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True)
class Parts:
    """What every registry's plane is made with."""

    settings: Settings
    store: Store
    directory: Directory
    access: Access
    children: Children
    notices: Notices


class Plane:
    """Running parts of one registry on its port. ``current`` gives its document."""

    def __init__(
        self, parts: Parts, name: str, port: int, current: Callable[[], Document]
    ) -> None:
        self.port = port
        self.layout = Layout(parts.settings.home / "registries" / name.lower())
        self.contents = Contents(self.layout)
        self._parts = parts
        self._name = name
        self._login_server = f"localhost:{port}"
        self._distribution = Distribution(name, self.layout, self._login_server)
        self._current = current
        self._stream: Stream | None = None
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Raises DistributionMissing, DistributionFailed, PortTaken."""
        self.layout.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            sockets = listen(self.port)
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise PortTaken(self._name, self.port, reason) from error
        try:
            await self._distribution.start()
        except BaseException:
            for one in sockets:
                one.close()
            raise
        settings = self._parts.settings
        config = uvicorn.Config(
            self._application(),
            ssl_certfile=str(settings.certificate_file),
            ssl_keyfile=str(settings.key_file),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=60,
        )
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets))

    async def stop(self) -> None:
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving
        if self._stream is not None:
            await self._stream.close()
        await self._distribution.stop()

    async def remove(self) -> None:
        """Stop it, and delete all that the registry holds."""
        await self.stop()
        # Where a crash cut the deletion off, nobody has begun to serve it since.
        end_leftover(self.layout)
        await asyncio.to_thread(shutil.rmtree, self.layout.folder, True)

    def _tell(self, happening: Happening) -> None:
        self._parts.notices.tell(self._current().id, happening)

    def _application(self) -> Door:
        parts = self._parts
        tokens = Tokens(SigningKey(self.layout.key), self._login_server)
        callers = Callers(
            self._current,
            parts.directory,
            parts.access,
            tokens,
            ScopeTokens(parts.children, self._current),
            parts.settings.base_url,
        )
        sign_in = SignIn(callers, tokens, parts.directory.tenant_id)
        attributes = Attributes(parts.store, self._current().id, self.contents)
        locks = Locks(attributes, self.contents, tokens)
        referrers = Referrers(self.contents, attributes, tokens, self._login_server)
        stream = Stream(lambda: self._distribution.url, locks, referrers, self._tell)
        catalog = Catalog(
            self.contents, attributes, tokens, self._login_server, self._tell
        )
        self._stream = stream

        async def openapi(_: Request) -> Response:
            return JSONResponse(description.document(self._login_server))

        routes = Starlette(
            routes=[
                Route("/oauth2/exchange", sign_in.exchange, methods=["POST"]),
                Route("/oauth2/token", sign_in.token, methods=["GET", "POST"]),
                Route("/acr/v1/{path:path}", catalog.__call__, methods=ALL),
                Route("/v2/{path:path}", stream.__call__, methods=ALL),
                Route("/v2", stream.__call__, methods=ALL),
                Route("/openapi.json", openapi),
            ],
            exception_handlers={
                HTTPStatus.NOT_FOUND: _nothing_there,
                HTTPStatus.METHOD_NOT_ALLOWED: _not_allowed,
            },
        )
        return Door(routes, self._current)


async def _nothing_there(request: Request, _: Exception) -> Response:
    path = request.scope["path"]
    return refusal(HTTPStatus.NOT_FOUND, "NOT_FOUND", f"there is nothing at {path}")


async def _not_allowed(request: Request, _: Exception) -> Response:
    message = f"{request.method} is not supported"
    return refusal(HTTPStatus.METHOD_NOT_ALLOWED, "UNSUPPORTED", message)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the process's, not one front's."""
        yield


def choose_port() -> int:
    """A port that nothing listens on. Raises OSError if there is none."""
    for port in random.sample(PORTS, 200):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError(f"no free port between {PORTS.start} and {PORTS.stop}")


def listen(port: int) -> list[socket.socket]:
    """Sockets on the loopback addresses. Raises OSError if the port is taken."""
    sockets = [_bind(socket.AF_INET, "127.0.0.1", port)]
    with contextlib.suppress(OSError):
        sockets.append(_bind(socket.AF_INET6, "::1", port))
    return sockets


def _bind(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    # asyncio turns Nagle's algorithm off only where the protocol is named: without it
    # each answer waits 40 ms for the client's delayed acknowledgement.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(512)
    except OSError:
        made.close()
        raise
    return made
