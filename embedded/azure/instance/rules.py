"""What makes a container group valid, apart from the rest of the world.

Rules: documentation of Container Instances ("Resource availability and quota limits",
"Troubleshoot": naming) and Kubernetes for probes. The first broken rule is raised, as a
class of ``errors``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from embedded.azure.ids import key
from embedded.azure.instance import container_rules, limits
from embedded.azure.instance.errors import (
    CapacityNotAvailable,
    DuplicateName,
    InvalidCredential,
    InvalidDnsNameLabel,
    InvalidName,
    InvalidOsType,
    InvalidVolume,
    InvalidZones,
    MissingContainers,
    MissingIpAddressPorts,
    PortConflict,
    PortNotExposed,
    SpotWithAddress,
    SpotWithZone,
    TooMany,
    WindowsNotSupported,
)
from embedded.azure.instance.references import server
from embedded.azure.instance.spec import Address, Credential, Group, Volume

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
NAME_RULE = (
    "use 1 to 63 lower-case letters, digits and single hyphens, none of them at an end"
)
LABEL = re.compile(r"[a-z](?:[a-z0-9-]*[a-z0-9])?")
FILE_NAME = re.compile(r"[A-Za-z0-9_.-]{1,253}")


def is_name(text: str) -> bool:
    return bool(NAME.fullmatch(text)) and len(text) <= 63 and "--" not in text


def check(group: Group) -> None:
    """Raises an ArmError for the first rule that the group breaks."""
    if not is_name(group.name):
        raise InvalidName("container group", group.name, NAME_RULE)
    _check_os(group)
    _check_placement(group)
    _check_counts(group)
    for container in group.all_containers:
        if not is_name(container.name):
            raise InvalidName("container", container.name, NAME_RULE)
        container_rules.check(container, group)
    _check_unique("container", (each.name for each in group.all_containers), group)
    _check_capacity(group)
    _check_volumes(group)
    _check_ports(group)
    if group.address is not None:
        _check_address(group.address, group)
    _check_credentials(group)


def _check_os(group: Group) -> None:
    given = group.os_type
    if given is not None and given.lower() == "windows":
        raise WindowsNotSupported(group.name)
    if given is None or given.lower() != "linux":
        raise InvalidOsType(group.name, given)


def _check_placement(group: Group) -> None:
    """Spot: "Spot containers", unsupported features; zones: one of the region's."""
    if group.priority == "Spot" and group.address is not None:
        raise SpotWithAddress(group.name)
    if group.priority == "Spot" and group.zones:
        raise SpotWithZone(group.name)
    if len(group.zones) > 1 or not set(group.zones) <= {"1", "2", "3"}:
        raise InvalidZones(group.name, group.zones)


def _check_counts(group: Group) -> None:
    if not group.containers:
        raise MissingContainers(group.name)
    counts = (
        ("containers", len(group.all_containers), limits.CONTAINERS_PER_GROUP),
        ("volumes", len(group.volumes), limits.VOLUMES_PER_GROUP),
    )
    for what, count, limit in counts:
        if count > limit:
            raise TooMany(group.name, what, count, limit)


def _check_unique(kind: str, names: Iterable[str], group: Group) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise DuplicateName(kind, name, group.name)


def _check_capacity(group: Group) -> None:
    cpu, memory = total(group)
    if cpu > limits.CPU_PER_GROUP or memory > limits.MEMORY_PER_GROUP:
        raise CapacityNotAvailable(cpu, memory, group.location)


def total(group: Group) -> tuple[float, float]:
    """CPU cores and GB of memory that the group's containers request together."""
    requests = [each.resources for each in group.containers]
    cpu = sum(each.cpu or 0 for each in requests)
    memory = sum(each.memory or 0 for each in requests)
    return round(cpu, 2), round(memory, 2)


def _check_volumes(group: Group) -> None:
    _check_unique("volume", (each.name for each in group.volumes), group)
    for volume in group.volumes:
        _check_volume(volume)
    for container in group.all_containers:
        for mount in container.mounts:
            if group.volume(mount.volume) is None:
                rule = f"container '{container.name}' mounts it, but there is none"
                raise InvalidVolume(mount.volume, rule)


def _check_volume(volume: Volume) -> None:
    if not (is_name(volume.name) and len(volume.name) >= 5):
        raise InvalidName("volume", volume.name, NAME_RULE.replace("1 to", "5 to"))
    for name, _ in volume.files or ():
        if not FILE_NAME.fullmatch(name) or name in (".", ".."):
            raise InvalidVolume(volume.name, f"'{name}' is not a file name")


def _check_ports(group: Group) -> None:
    ports = Counter(port for each in group.containers for port in each.ports)
    for port, count in ports.items():
        if count > 1:
            raise PortConflict(str(port), group.name)


def _check_address(address: Address, group: Group) -> None:
    if not address.ports:
        raise MissingIpAddressPorts(group.name)
    if len(address.ports) > limits.PORTS_PER_ADDRESS:
        count, limit = len(address.ports), limits.PORTS_PER_ADDRESS
        raise TooMany(group.name, "ports of the IP address", count, limit)
    exposed = {port for each in group.containers for port in each.ports}
    for port, count in Counter(address.ports).items():
        if count > 1:
            raise PortConflict(str(port), group.name)
        if port not in exposed:
            raise PortNotExposed(str(port), group.name)
    if address.label is not None and not _is_label(address.label):
        raise InvalidDnsNameLabel(address.label)


def _is_label(text: str) -> bool:
    return 5 <= len(text) <= 63 and bool(LABEL.fullmatch(text))


def _check_credentials(group: Group) -> None:
    servers = (server(each.server) for each in group.credentials)
    _check_unique("image registry server", servers, group)
    attached = {key(identity) for identity in group.identities}
    for credential in group.credentials:
        _check_credential(credential, attached)


def _check_credential(credential: Credential, attached: set[str]) -> None:
    identity, given = credential.identity, credential.server
    if identity is None:
        if not credential.username or credential.password is None:
            rule = "give it a username and a password, or an identity"
            raise InvalidCredential(given, rule)
        return
    if credential.username or credential.password:
        raise InvalidCredential(given, "give it an identity or a password, not both")
    if identity.lower() == "system":
        rule = "a system-assigned identity cannot pull images; use a user-assigned one"
        raise InvalidCredential(given, rule)
    if key(identity) not in attached:
        rule = (
            f"the identity '{identity}' is not among the group's own"
            " (identity.userAssignedIdentities); add it there"
        )
        raise InvalidCredential(given, rule)
