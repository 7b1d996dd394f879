"""What in a container group does not go together, as Azure Container Instances says.

Sources, each a page of its documentation: "Container groups" (limits, one network),
"Resource and quota limits", "Virtual network scenarios" (no public address, no DNS
label), "Custom DNS", "Spot containers" (unsupported features), "Confidential
containers", "Overview" (what is for Linux only).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from infra.settings.containers import APP, Container, InitContainer
from infra.settings.instance import InstanceSettings

CONTAINERS, VOLUMES, PORTS = 60, 20, 5
CORES, MEMORY = 31.0, 240.0
#: A key and what is wrong with it.
Contradiction = tuple[str, str]


def found(group: InstanceSettings) -> Iterator[Contradiction]:
    yield from _names(group)
    yield from _mounts(group)
    yield from _sizes(group)
    yield from _ports(group)
    yield from _address(group)
    yield from _spot(group)
    yield from _confidential(group)
    yield from _windows(group)


def _names(group: InstanceSettings) -> Iterator[Contradiction]:
    seen = {APP}
    for key, rows in _lists(group):
        for one in rows:
            if one.name in seen:
                said = f"{one.name} is the name of another container ({APP}: the app)."
                yield key, said
            seen.add(one.name)
    if len(seen) > CONTAINERS:
        yield "sidecars", f"There are {len(seen)} containers, {CONTAINERS} may be."
    if len(group.volumes) > VOLUMES:
        said = f"There are {len(group.volumes)} volumes, {VOLUMES} may be."
        yield "volumes", said


def _lists(
    group: InstanceSettings,
) -> Iterator[tuple[str, tuple[Container | InitContainer, ...]]]:
    yield "initContainers", group.init_containers
    yield "sidecars", group.sidecars


def _mounts(group: InstanceSettings) -> Iterator[Contradiction]:
    known = {one.name for one in group.volumes}
    for key, rows in (("volumeMounts", (group.app,)), *_lists(group)):
        for one in rows:
            missing = sorted({it.volume for it in one.mounts} - known)
            if missing:
                names = ", ".join(missing)
                yield key, f"{one.name} mounts {names}, which volumes does not have."
            paths = Counter(it.path for it in one.mounts)
            twice = sorted(path for path, count in paths.items() if count > 1)
            if twice:
                yield key, f"{one.name} mounts two volumes at {', '.join(twice)}."


def _sizes(group: InstanceSettings) -> Iterator[Contradiction]:
    cpu = round(sum(one.cpu for one in group.containers), 2)
    memory = round(sum(one.memory for one in group.containers), 1)
    if cpu > CORES:
        yield "cpu", f"All containers together request {cpu:g}, {CORES:g} may be."
    if memory > MEMORY:
        yield "memory", f"All containers together request {memory:g} GB, 240 may be."
    for one in group.containers:
        for what, request, limit, total in (
            ("cpuLimit", one.cpu, one.cpu_limit, cpu),
            ("memoryLimit", one.memory, one.memory_limit, memory),
        ):
            if limit is not None and not request <= limit <= total:
                yield (
                    what if one.name == APP else "sidecars",
                    f"The {what} of {one.name} must be from its request, {request:g}, "
                    f"to what the whole group has, {total:g}.",
                )


def _ports(group: InstanceSettings) -> Iterator[Contradiction]:
    ports = [port for one in group.containers for port in one.ports]
    twice = sorted(port for port, count in Counter(ports).items() if count > 1)
    key = "ports" if len(group.app.ports) > 1 or not group.sidecars else "sidecars"
    if twice:
        names = ", ".join(map(str, twice))
        yield key, f"{names} is used twice: the containers share one network."
    if len(ports) > PORTS:
        yield key, f"There are {len(ports)} ports, an address has at most {PORTS}."
    if group.network.address is None and len(ports) > 1:
        said = "Without an address (ipAddress none) nobody reaches them: leave them out"
        yield key, f"{said}. Inside the group every port is reachable at localhost."


def _address(group: InstanceSettings) -> Iterator[Contradiction]:
    network = group.network
    if network.address == "Private" and not network.subnets:
        yield "ipAddress", "A private address is one of a subnet: set subnetIds."
    if network.address == "Public" and network.subnets:
        said = "A group in a subnet has no public address: set ipAddress to private"
        yield "subnetIds", f"{said} or none."
    if network.label and network.address != "Public":
        yield "dnsLabel", "Only a public address has a DNS name: leave the label out."
    if network.dns and not network.subnets:
        yield "dnsConfig", "Name servers are for groups in a subnet: set subnetIds."


def _spot(group: InstanceSettings) -> Iterator[Contradiction]:
    placement, network = group.placement, group.network
    if placement.priority != "Spot":
        return
    if network.address is not None:
        yield "priority", "Spot groups have no address: set ipAddress to none."
    if network.subnets:
        yield "priority", "Spot groups cannot be in a subnet: leave subnetIds out."
    if placement.sku != "Standard":
        yield "priority", f"Spot is of the SKU Standard only, not {placement.sku}."
    if placement.zone is not None:
        yield "priority", "Spot groups cannot choose a zone: leave zone out."


def _confidential(group: InstanceSettings) -> Iterator[Contradiction]:
    placement = group.placement
    if placement.cce_policy and placement.sku != "Confidential":
        yield "ccePolicy", "It needs groupSku Confidential."
    if placement.sku == "Confidential" and placement.os_type != "Linux":
        yield "groupSku", "Confidential containers are Linux only: set osType to Linux."


def _windows(group: InstanceSettings) -> Iterator[Contradiction]:
    if group.placement.os_type != "Windows":
        return
    for key, used in (
        ("sidecars", group.sidecars),
        ("initContainers", group.init_containers),
        ("volumes", group.volumes),
    ):
        if used:
            yield "osType", f"A Windows group has one container and no {key}."
