"""A container group as the client asked for it, as values.

Follows ContainerGroup of api-version 2024-05-01-preview. Memory is in GB (2**30
bytes), CPU in cores, times in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Port:
    number: int
    protocol: str = "TCP"

    def __str__(self) -> str:
        return f"{self.number}/{self.protocol.lower()}"


@dataclass(frozen=True)
class EnvironmentVariable:
    """``secret`` marks a ``secureValue``, which no answer shows."""

    name: str
    value: str = field(repr=False)
    secret: bool = False


@dataclass(frozen=True)
class Resources:
    """None where the client left a request out, which the rules then refuse."""

    cpu: float | None
    memory: float | None
    cpu_limit: float | None = None
    memory_limit: float | None = None


@dataclass(frozen=True)
class Mount:
    volume: str
    path: str
    read_only: bool = False


@dataclass(frozen=True)
class HttpGet:
    port: int
    path: str = "/"
    scheme: str = "http"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Probe:
    """One of ``http`` and ``command``; the defaults are those of Kubernetes."""

    http: HttpGet | None
    command: tuple[str, ...]
    delay: int = 0
    period: int = 10
    failures: int = 3
    successes: int = 1
    timeout: int = 1


@dataclass(frozen=True)
class Security:
    user: int | None = None
    group: int | None = None
    privileged: bool = False
    escalation: bool = True
    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


@dataclass(frozen=True)
class Container:
    """A container or, where ``init`` is set, an init container."""

    name: str
    image: str
    command: tuple[str, ...] = ()
    ports: tuple[Port, ...] = ()
    environment: tuple[EnvironmentVariable, ...] = ()
    resources: Resources = Resources(None, None)
    mounts: tuple[Mount, ...] = ()
    liveness: Probe | None = None
    readiness: Probe | None = None
    security: Security = Security()
    init: bool = False


@dataclass(frozen=True)
class Credential:
    """How to sign in to one registry: a password, or an identity (its ARM id)."""

    server: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    identity: str | None = None


@dataclass(frozen=True)
class Volume:
    """``files`` is None for an emptyDir, else a secret volume's content."""

    name: str
    files: tuple[tuple[str, bytes], ...] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Address:
    ports: tuple[Port, ...]
    label: str | None = None
    scope: str = "Unsecure"


@dataclass(frozen=True)
class Group:
    """A whole container group.

    ``identities`` holds the ARM ids of the user-assigned identities as given;
    ``priority`` and ``zones`` are kept, and change nothing here.
    """

    name: str
    location: str
    os_type: str | None
    containers: tuple[Container, ...]
    init_containers: tuple[Container, ...] = ()
    restart_policy: str = "Always"
    credentials: tuple[Credential, ...] = ()
    volumes: tuple[Volume, ...] = ()
    address: Address | None = None
    identities: tuple[str, ...] = ()
    system_identity: bool = False
    priority: str = "Regular"
    zones: tuple[str, ...] = ()

    @property
    def all_containers(self) -> tuple[Container, ...]:
        """Init containers first, in the order in which they run."""
        return self.init_containers + self.containers

    def volume(self, name: str) -> Volume | None:
        return next((each for each in self.volumes if each.name == name), None)
