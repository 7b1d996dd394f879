"""What Azure refuses to change on a group that exists.

Documentation, "Update containers in Azure Container Instances": OS type, CPU, memory,
GPU, restart policy, ports. That priority and zones are fixed, too, is assumed: they say
where a group was put. Everything else is an update in place.
"""

from __future__ import annotations

from collections.abc import Iterator

from embedded.azure.instance.errors import InvalidContainerGroupUpdate, LocationChanged
from embedded.azure.instance.rules import total
from embedded.azure.instance.spec import Group, Port

Change = tuple[str, object, object]


def check(old: Group, new: Group) -> None:
    """Raises LocationChanged or InvalidContainerGroupUpdate."""
    if old.location != new.location:
        raise LocationChanged(new.name, old.location, new.location)
    for what, before, after in _fixed(old, new):
        if before != after:
            raise InvalidContainerGroupUpdate(new.name, what, before, after)


def _fixed(old: Group, new: Group) -> Iterator[Change]:
    yield "osType", (old.os_type or "").lower(), (new.os_type or "").lower()
    yield "restartPolicy", old.restart_policy, new.restart_policy
    yield "priority", old.priority, new.priority
    yield "zones", ", ".join(old.zones), ", ".join(new.zones)
    yield from _resources(old, new)
    yield "ipAddress.ports", _address_ports(old), _address_ports(new)
    yield from _container_ports(old, new)


def _resources(old: Group, new: Group) -> Iterator[Change]:
    before = {each.name: each.resources for each in old.containers}
    for container in new.containers:
        known, now = before.get(container.name), container.resources
        if known is not None:
            yield f"cpu of container '{container.name}'", known.cpu, now.cpu
            yield (
                f"memoryInGB of container '{container.name}'",
                known.memory,
                now.memory,
            )
    yield "cpu of all containers", total(old)[0], total(new)[0]
    yield "memoryInGB of all containers", total(old)[1], total(new)[1]


def _container_ports(old: Group, new: Group) -> Iterator[Change]:
    before = {each.name: each.ports for each in old.containers}
    for container in new.containers:
        if container.name in before:
            what = f"ports of container '{container.name}'"
            yield what, _listed(before[container.name]), _listed(container.ports)


def _address_ports(group: Group) -> str:
    return "" if group.address is None else _listed(group.address.ports)


def _listed(ports: tuple[Port, ...]) -> str:
    return ", ".join(str(port) for port in sorted(ports))
