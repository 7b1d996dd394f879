"""What makes one container of a group valid. The group's own rules are in ``rules``."""

from __future__ import annotations

import math
import re

from embedded.azure.instance import limits
from embedded.azure.instance.errors import (
    CapacityNotAvailable,
    DuplicateName,
    InvalidEnvironmentVariable,
    InvalidImage,
    InvalidPort,
    InvalidProbe,
    InvalidResourceRequest,
    InvalidVolume,
    ResourceRequestsNotSpecified,
)
from embedded.azure.instance.references import Reference
from embedded.azure.instance.spec import Container, Group, Mount, Probe

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,62}")


def check(container: Container, group: Group) -> None:
    """Raises an ArmError for the first rule that the container breaks."""
    if Reference.parse(container.image) is None:
        raise InvalidImage(container.image, container.name)
    if not container.init:
        _check_resources(container, group)
    _check_ports(container)
    _check_environment(container)
    _check_mounts(container, group)
    for kind in ("liveness", "readiness"):
        probe = getattr(container, kind)
        if probe is not None:
            _check_probe(probe, f"{kind}Probe", container)


def _check_resources(container: Container, group: Group) -> None:
    wanted = container.resources
    cpu, memory = wanted.cpu, wanted.memory
    if cpu is None:
        raise ResourceRequestsNotSpecified(container.name, "cpu")
    if memory is None:
        raise ResourceRequestsNotSpecified(container.name, "memoryInGB")
    _check_cpu(container.name, cpu)
    _check_memory(container.name, memory)
    if cpu > limits.CPU_PER_GROUP or memory > limits.MEMORY_PER_GROUP:
        raise CapacityNotAvailable(cpu, memory, group.location)
    _check_limit(container.name, "cpu limit", wanted.cpu_limit, cpu)
    _check_limit(container.name, "memoryInGB limit", wanted.memory_limit, memory)


def _check_cpu(container: str, cpu: float) -> None:
    # Two decimals is what Azure keeps, and 0.01 the least that Docker can grant.
    if cpu < 0.01 or not _is_multiple(cpu, 0.01):
        rule = "it must be at least 0.01 and have at most two decimals"
        raise InvalidResourceRequest(container, "cpu", cpu, rule)


def _check_memory(container: str, memory: float) -> None:
    if memory < 0.1 or not _is_multiple(memory, 0.1):
        rule = "it must be at least 0.1 GB, in steps of 0.1 GB"
        raise InvalidResourceRequest(container, "memoryInGB", memory, rule)


def _is_multiple(value: float, step: float) -> bool:
    return math.isclose(value / step, round(value / step), abs_tol=1e-6)


def _check_limit(
    container: str, what: str, limit: float | None, request: float
) -> None:
    if limit is not None and limit < request:
        rule = f"it must not be below the request, {request:g}"
        raise InvalidResourceRequest(container, what, limit, rule)


def _check_ports(container: Container) -> None:
    for port in container.ports:
        if not 1 <= port.number <= 65535:
            raise InvalidPort(port.number, f"container '{container.name}'")


def _check_environment(container: Container) -> None:
    seen: set[str] = set()
    for variable in container.environment:
        if not VARIABLE.fullmatch(variable.name):
            rule = "use 1 to 63 letters, digits and '_', no digit first"
            raise InvalidEnvironmentVariable(variable.name, container.name, rule)
        if variable.name in seen:
            rule = "it appears more than once"
            raise InvalidEnvironmentVariable(variable.name, container.name, rule)
        seen.add(variable.name)


def _check_mounts(container: Container, group: Group) -> None:
    seen: set[str] = set()
    for mount in container.mounts:
        _check_path(mount)
        if mount.path in seen:
            raise DuplicateName("mount path", mount.path, group.name)
        seen.add(mount.path)


def _check_path(mount: Mount) -> None:
    if ":" in mount.path or not mount.path.startswith("/") or mount.path == "/":
        rule = f"mount path '{mount.path}' must be absolute, without a colon"
        raise InvalidVolume(mount.volume, rule)


def _check_probe(probe: Probe, kind: str, container: Container) -> None:
    if (probe.http is None) == (not probe.command):
        rule = "give it exactly one of 'httpGet' and 'exec' with a command"
        raise InvalidProbe(kind, container.name, rule)
    if probe.http is not None and not 1 <= probe.http.port <= 65535:
        raise InvalidPort(probe.http.port, f"the {kind} of '{container.name}'")
    least = (
        ("initialDelaySeconds", probe.delay, 0),
        ("periodSeconds", probe.period, 1),
        ("failureThreshold", probe.failures, 1),
        ("successThreshold", probe.successes, 1),
        ("timeoutSeconds", probe.timeout, 1),
    )
    for name, value, minimum in least:
        if value < minimum:
            rule = f"{name} is {value}, the least is {minimum}"
            raise InvalidProbe(kind, container.name, rule)
    if kind == "livenessProbe" and probe.successes != 1:
        raise InvalidProbe(kind, container.name, "successThreshold must be 1")
