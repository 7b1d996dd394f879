"""The seams of the local Azure: what a service offers, and what it is given.

A service folder has ``routes`` (HTTP only), ``model`` (rules and state) and ``errors``
(one class per service error). It knows the other services only through the protocols
below.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

Json = dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """How one local Azure was started.

    ``home`` is the folder that holds everything it keeps. The delays are seconds, which
    in Azure are up to some minutes, and here 0: ``role_delay`` until a new role
    assignment counts, ``principal_delay`` until a new principal is found when it gets a
    role, ``lock_delay`` until a lock that was deleted counts no more.
    """

    home: Path
    port: int = 4747
    role_delay: float = 0.0
    principal_delay: float = 0.0
    lock_delay: float = 0.0

    @property
    def base_url(self) -> str:
        """The address of ARM and Entra, without a slash at the end."""
        return f"https://localhost:{self.port}"

    @property
    def ca_file(self) -> Path:
        """The local CA's certificate (PEM), which clients must trust."""
        return self.home / "certificates" / "ca.pem"

    @property
    def certificate_file(self) -> Path:
        """The server's certificate chain (PEM) for localhost and 127.0.0.1."""
        return self.home / "certificates" / "server.pem"

    @property
    def key_file(self) -> Path:
        """The server's private key (PEM, mode 0600)."""
        return self.home / "certificates" / "server.key"


@dataclass(frozen=True)
class Principal:
    """Who is calling: an application or a managed identity in the directory.

    ``kind`` is Entra's word: ``ServicePrincipal`` for both.
    """

    object_id: str
    client_id: str
    tenant_id: str
    name: str
    kind: str = "ServicePrincipal"


@dataclass(frozen=True)
class Call:
    """One authenticated, authorised ARM request."""

    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Json
    caller: Principal
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """What a handler answers; ``body`` None sends no body."""

    status: int = 200
    body: Json | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Awaitable[Reply]]


@dataclass(frozen=True)
class Route:
    """One ARM operation.

    ``path`` is a template such as
    ``/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.X/ys/{y}``;
    fixed segments match without regard to case. ``action`` is the RBAC action the
    caller needs on the resource (the path up to the last known id), or None where any
    signed-in caller may ask. ``schema`` is the body's shape (JSON Schema 2020-12), None
    where there is no body; ``query`` are parameters that it heeds beside api-version.
    """

    method: str
    path: str
    action: str | None
    handler: Handler
    schema: Json | None = None
    query: Sequence[str] = ()


class Service(Protocol):
    """One resource provider."""

    #: ``Microsoft.ContainerRegistry``
    namespace: str
    #: resource type below the namespace -> api-versions it answers to
    types: Mapping[str, Sequence[str]]
    routes: Sequence[Route]

    async def start(self) -> None:
        """Bring the machine in line with the records (also after a crash)."""

    async def stop(self) -> None:
        """Let go of sockets, processes and tasks; records stay."""

    async def remove(self, resource_id: str) -> None:
        """Delete one resource and all it holds: a group's cascade calls this."""


@runtime_checkable
class Preflight(Protocol):
    """A service that tells beforehand what a PUT would be refused for."""

    def preflight(self, resource_id: str, body: Json) -> None:
        """Raises an ArmError; nothing is changed, and nothing looked up."""


class Directory(Protocol):
    """Entra: principals and tokens."""

    @property
    def tenant_id(self) -> str: ...

    def add_identity(self, name: str) -> Principal:
        """Create the principal of a new managed identity."""

    def drop(self, object_id: str) -> None:
        """Forget a principal; its tokens stop working."""

    def find(self, object_id: str) -> Principal | None: ...

    def is_replicated(self, object_id: str) -> bool:
        """Whether a principal is found everywhere; one of elsewhere counts as such.

        A new one is after ``Settings.principal_delay`` seconds only.
        """

    def sign_in(self, client_id: str, secret: str) -> Principal | None:
        """The application with this client id, if the secret is one of its own."""

    def issue(self, principal: Principal, audience: str) -> str:
        """An access token (RS256 JWT) for the audience."""

    def verify(self, token: str, audiences: Sequence[str]) -> Principal:
        """The principal of a token. Raises an ArmError (401) if it is no good."""


class Access(Protocol):
    """RBAC."""

    def allows(self, object_id: str, action: str, scope: str) -> bool:
        """Whether some role assignment at or above the scope grants the action.

        A new assignment counts only after ``Settings.role_delay`` seconds.
        """


class Operations(Protocol):
    """Long-running operations."""

    def start(
        self,
        namespace: str,
        location: str,
        work: Awaitable[Json | None],
        *,
        subscription: str,
    ) -> Mapping[str, str]:
        """Run the work in the background; the headers that let a client follow it.

        ``work`` returns the final body or None, or raises an ArmError, which the
        client then reads from the operation's status.
        """
