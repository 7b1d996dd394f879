"""The local Azure as one process: its services put together, and its HTTPS server."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as HttpRoute

from embedded.azure import certificates, description, files, metadata, refusals
from embedded.azure.authorization.roles import ROLES
from embedded.azure.authorization.routes import AuthorizationService
from embedded.azure.entra.directory import TokenDirectory
from embedded.azure.entra.graph import Graph
from embedded.azure.entra.routes import Entra
from embedded.azure.gateway import Gateway
from embedded.azure.identity.routes import IdentityService
from embedded.azure.instance.routes import InstanceService
from embedded.azure.operations import OperationTable
from embedded.azure.registry.routes import RegistryService
from embedded.azure.resources.routes import ResourcesService
from embedded.azure.service import Json, Service, Settings
from embedded.azure.store import Store

LOGGER = logging.getLogger(__name__)
METHODS = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"]


class Azure:
    """All services over one store. ``start`` and ``stop`` run once each."""

    def __init__(self, settings: Settings) -> None:
        certificates.prepare(settings)
        self.settings = settings
        self.store = Store(settings.home / "azure.sqlite")
        self.directory = TokenDirectory(settings, self.store)
        self.operations = OperationTable(settings, self.store)
        self.services = self._compose()
        self.app = self._application()

    def _compose(self) -> Sequence[Service]:
        settings, store, directory = self.settings, self.store, self.directory
        subscription = directory.subscription_id
        authorization = AuthorizationService(settings, store, directory, subscription)
        self.access = authorization.access
        owner = f"/providers/Microsoft.Authorization/roleDefinitions/{ROLES[0].id}"
        self.access.grant(directory.owner, owner)
        resources = ResourcesService(
            settings, store, self.operations, directory.tenant_id, subscription
        )
        # In the order of their needs: a group is emptied from the last to the first.
        services: Sequence[Service] = (
            resources,
            IdentityService(settings, store, directory),
            RegistryService(settings, store, directory, self.access, self.operations),
            authorization,
            InstanceService(settings, store, directory, self.operations),
        )
        resources.serve(services)
        return services

    def _application(self) -> Starlette:
        gateway = Gateway(
            self.settings,
            self.store,
            self.directory,
            self.access,
            self.services,
            self.operations.routes,
            self.directory.subscription_id,
        )

        async def arm(request: Request) -> Response:
            return await gateway(request)

        async def openapi(_: Request) -> Response:
            return JSONResponse(self.description())

        return Starlette(
            routes=[
                *metadata.routes(self.settings, self.directory.tenant_id),
                *Graph(self.settings, self.directory).routes,
                *Entra(self.settings, self.directory).routes,
                HttpRoute("/openapi.json", openapi),
                HttpRoute("/{path:path}", arm, methods=METHODS),
            ],
            exception_handlers={
                HTTPStatus.METHOD_NOT_ALLOWED: _not_allowed,
                HTTPStatus.NOT_FOUND: _no_path,
            },
        )

    def description(self) -> Json:
        """What it serves, as OpenAPI."""
        return description.document(
            self.settings,
            self.directory.subscription_id,
            self.services,
            self.operations.routes,
        )

    async def start(self) -> None:
        """Bring the machine in line with the records, also after a crash."""
        self.operations.recover()
        await asyncio.gather(*(service.start() for service in self.services))

    async def stop(self) -> None:
        await self.operations.stop()
        await asyncio.gather(*(service.stop() for service in self.services))
        self.store.close()

    def write_connection(self) -> None:
        """``connection.json`` (0600): how a client finds it and signs in."""
        directory, settings = self.directory, self.settings
        body = {
            "armEndpoint": settings.base_url,
            "metadataHost": f"localhost:{settings.port}",
            "tenantId": directory.tenant_id,
            "subscriptionId": directory.subscription_id,
            "clientId": directory.owner.client_id,
            "clientSecret": directory.owner_secret,
            "caFile": str(settings.ca_file),
            "pid": os.getpid(),
        }
        file = settings.home / "connection.json"
        files.replace(file, json.dumps(body, indent=4).encode(), 0o600)


async def _not_allowed(request: Request, _: Exception) -> Response:
    """A method that no operation has, such as TRACE."""
    error = refusals.MethodNotAllowed(request.method, request.scope["path"])
    return JSONResponse(error.body(), error.status)


async def _no_path(_: Request, __: Exception) -> Response:
    """A path with a line break in it, which no route takes."""
    error = refusals.InvalidPath()
    return JSONResponse(error.body(), error.status)


class Server(uvicorn.Server):
    """uvicorn with signals left to the process, and a word when it answers."""

    def __init__(self, config: uvicorn.Config, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_start()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def make_server(azure: Azure, on_start: Callable[[], None]) -> Server:
    """The HTTPS server; TLS 1.2 or newer."""
    config = uvicorn.Config(
        azure.app,
        ssl_certfile=str(azure.settings.certificate_file),
        ssl_keyfile=str(azure.settings.key_file),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=60,
    )
    return Server(config, on_start)


def listen(port: int) -> list[socket.socket]:
    """Sockets on the loopback addresses. Raises OSError if the port is taken."""
    sockets = [_bind(socket.AF_INET, "127.0.0.1", port)]
    # Clients that try ::1 first for `localhost` need not fall back.
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
