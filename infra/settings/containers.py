"""The keys of the containers: the app's, its ``sidecars``, and ``initContainers``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra import rules
from infra.settings import probes, structure, volumes
from infra.settings.probes import Probe
from infra.settings.reader import Reader
from infra.settings.structure import Entry
from infra.settings.volumes import Mount

#: The name of the app's own container.
APP = "web"
NAME = rules.text(
    r"(?=.{1,63}$)[a-z0-9]+(-[a-z0-9]+)*",
    "1 to 63 lower-case letters, digits and single hyphens, none of them at an end",
)
IMAGE = rules.text(
    r"[a-z0-9]([\w./:-]*\w)?(@sha256:[0-9a-f]{64})?",
    "the reference of an image, or app for the image of this stack",
)
# Container Instances, "Resource availability and quota limits".
CORES = rules.number("0.01", "31", "0.01")
MEMORY = rules.number("0.1", "240", "0.1")
PORT = rules.integer(1, 65535)
PROTOCOL = rules.words("TCP", "UDP")
COMMAND = rules.command()
VARIABLES = rules.variables()
APP_VARIABLES = rules.variables(rules.RESERVED)


@dataclass(frozen=True, order=True)
class Port:
    number: int
    protocol: str = "TCP"

    def __str__(self) -> str:
        return f"{self.number}/{self.protocol}"


@dataclass(frozen=True)
class Container:
    """One container; cores and GB. ``image`` None: the image of this stack.

    A limit that is None: the container gets what it requests, and no more. Every port
    is one of the group's address, because inside the group all ports are reachable.
    """

    name: str = APP
    image: str | None = None
    command: tuple[str, ...] = ()
    cpu: float = 1.0
    memory: float = 1.5
    cpu_limit: float | None = None
    memory_limit: float | None = None
    ports: tuple[Port, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    secure_environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    mounts: tuple[Mount, ...] = ()
    liveness: Probe | None = None
    readiness: Probe | None = None


@dataclass(frozen=True)
class InitContainer:
    """Runs to its end before the containers; it has all CPU and memory meanwhile."""

    name: str
    image: str | None = None
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    secure_environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    mounts: tuple[Mount, ...] = ()


#: What the app's container is when nothing is configured.
DEFAULT = Container(ports=(Port(8080),), liveness=Probe(), readiness=Probe())


def app(reader: Reader) -> Container:
    """The container of the app, of keys of their own; ``port`` is its first one."""
    liveness, readiness = probes.of_app(reader)
    first = Port(reader.take("port", PORT, DEFAULT.ports[0].number))
    made = Container(
        command=reader.take("command", COMMAND, ()),
        cpu=reader.take("cpu", CORES, DEFAULT.cpu),
        memory=reader.take("memory", MEMORY, DEFAULT.memory),
        cpu_limit=_limit(reader, "cpuLimit", CORES),
        memory_limit=_limit(reader, "memoryLimit", MEMORY),
        ports=(first, *structure.rows(reader, "ports", _port)),
        environment=reader.take("environment", APP_VARIABLES, {}),
        secure_environment=reader.take("secureEnvironment", APP_VARIABLES, {}),
        mounts=structure.rows(reader, "volumeMounts", volumes.mount),
        liveness=liveness,
        readiness=readiness,
    )
    twice = sorted(set(made.environment) & set(made.secure_environment))
    if twice:
        said = f"{', '.join(twice)} must not be in secureEnvironment too."
        reader.refuse("environment", said)
    return made


def sidecars(reader: Reader) -> tuple[Container, ...]:
    return structure.rows(reader, "sidecars", _sidecar)


def init_containers(reader: Reader) -> tuple[InitContainer, ...]:
    return structure.rows(reader, "initContainers", _init_container)


def _sidecar(entry: Entry) -> Container:
    name, image, command = _what_runs(entry)
    environment, secure = _variables(entry)
    made = Container(
        name=name,
        image=image,
        command=command,
        cpu=entry.take("cpu", CORES, 0.5),
        memory=entry.take("memory", MEMORY, 0.5),
        cpu_limit=entry.take("cpuLimit", CORES, 0.0) or None,
        memory_limit=entry.take("memoryLimit", MEMORY, 0.0) or None,
        ports=entry.rows("ports", _port),
        environment=environment,
        secure_environment=secure,
        mounts=entry.rows("volumeMounts", volumes.mount),
        liveness=entry.one("livenessProbe", probes.liveness),
        readiness=entry.one("readinessProbe", probes.probe),
    )
    for key, probe in (
        ("livenessProbe", made.liveness),
        ("readinessProbe", made.readiness),
    ):
        if probe and probe.path and not (probe.port or made.ports):
            entry.refuse(key, "It needs a port: the container has none.", secret=True)
    return made


def _init_container(entry: Entry) -> InitContainer:
    name, image, command = _what_runs(entry)
    environment, secure = _variables(entry)
    mounts = entry.rows("volumeMounts", volumes.mount)
    return InitContainer(name, image, command, environment, secure, mounts)


def _what_runs(entry: Entry) -> tuple[str, str | None, tuple[str, ...]]:
    """Name, image (None for this stack's own) and command."""
    name = entry.need("name", NAME, "")
    image = entry.take("image", IMAGE, "app")
    return name, None if image == "app" else image, entry.take("command", COMMAND, ())


def _variables(entry: Entry) -> tuple[Mapping[str, str], Mapping[str, str]]:
    plain = entry.take("environment", VARIABLES, {})
    secure = entry.take("secureEnvironment", VARIABLES, {}, secret=True)
    twice = sorted(set(plain) & set(secure))
    if twice:
        said = f"{', '.join(twice)} must not be in secureEnvironment too."
        entry.refuse("environment", said)
    return plain, secure


def _port(entry: Entry) -> Port:
    number = entry.need("port", PORT, 1)
    return Port(number, entry.take("protocol", PROTOCOL, "TCP"))


def _limit(reader: Reader, key: str, rule: rules.Rule[float]) -> float | None:
    """A number; an empty text is none."""
    if not reader.has(key) or not reader.is_set(key):
        return None
    return reader.take(key, rule, 0.0) or None
