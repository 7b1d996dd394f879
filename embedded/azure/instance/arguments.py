"""A container of a group -> the arguments with which Docker makes it.

The restart policy is Docker's own; a container may use its CPU and memory limit, or
its request where no limit is given.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docker.types import LogConfig, Mount

from embedded.azure.instance.spec import Container, Group, Port, Security

GIGABYTE = 1024**3
POLICIES = {"Always": "always", "OnFailure": "on-failure", "Never": "no"}

#: 4 MB of log are kept while a group runs (documentation, quota limits).
LOG = {"max-size": "4m", "max-file": "1"}

Arguments = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a container is put.

    ``address``: the group's own address, None without one. ``sandbox``: the id of the
    container whose network it joins, None where it has a network of its own.
    ``cpus``: how many the machine has; Docker refuses more.
    """

    address: str | None
    cpus: int
    sandbox: str | None = None


def of(group: Group, container: Container, mounts: list[Mount]) -> Arguments:
    """What does not depend on the place."""
    arguments: Arguments = {
        "image": container.image,
        "environment": {each.name: each.value for each in container.environment},
        "mounts": mounts,
        "detach": True,
        "use_config_proxy": False,
        "log_config": LogConfig(type=LogConfig.types.JSON, config=LOG),
        **_security(container.security),
    }
    if container.command:
        arguments["entrypoint"] = list(container.command)
    if not container.init:
        policy = POLICIES[group.restart_policy]
        arguments["restart_policy"] = {"Name": policy}
    return arguments


def placed(group: Group, container: Container, place: Place) -> Arguments:
    """What depends on the place: resources, network and ports."""
    arguments = _resources(container, place.cpus)
    if place.sandbox is not None:
        return {**arguments, "network_mode": f"container:{place.sandbox}"}
    return {**arguments, **network(group, place.address, init=container.init)}


def network(group: Group, address: str | None, *, init: bool = False) -> Arguments:
    """For what has a network of its own: a lone container, or the sandbox."""
    arguments: Arguments = {"hostname": group.name[:63]}
    if group.address is not None and address is not None and not init:
        arguments["ports"] = published(group.address.ports, address)
    return arguments


def published(ports: tuple[Port, ...], address: str) -> dict[str, tuple[str, int]]:
    """The outside port is the container's own: Azure maps none."""
    return {str(port): (address, port.number) for port in ports}


def _resources(container: Container, cpus: int) -> Arguments:
    wanted = container.resources
    cpu = wanted.cpu_limit or wanted.cpu
    memory = wanted.memory_limit or wanted.memory
    arguments: Arguments = {}
    if cpu is not None:
        arguments["nano_cpus"] = round(min(cpu, cpus) * 1_000_000_000)
    if memory is not None:
        arguments["mem_limit"] = round(memory * GIGABYTE)
    return arguments


def _security(security: Security) -> Arguments:
    arguments: Arguments = {}
    if security.user is not None or security.group is not None:
        group = "" if security.group is None else f":{security.group}"
        arguments["user"] = f"{security.user or 0}{group}"
    if not security.escalation:
        arguments["security_opt"] = ["no-new-privileges"]
    if security.add:
        arguments["cap_add"] = list(security.add)
    if security.drop:
        arguments["cap_drop"] = list(security.drop)
    return arguments


def fingerprint(
    group: Group, arguments: Mapping[str, Arguments], images: Mapping[str, str]
) -> str:
    """The same for groups that would run the same: their containers can stay.

    ``arguments`` and ``images`` (ids) are by container name.
    """
    files = {
        each.name: [(n, c.hex()) for n, c in each.files or ()] for each in group.volumes
    }
    ports = [] if group.address is None else [str(each) for each in group.address.ports]
    text = json.dumps([arguments, images, files, ports], sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()
