"""Each group's own loopback address, and its domain name.

On Linux all of 127.0.0.0/8 is this machine, so that two groups can both serve port 80.
Where only 127.0.0.1 exists (macOS), the groups share that one.
"""

from __future__ import annotations

import hashlib
import secrets
import socket
from collections.abc import Callable, Iterator, Sequence

from embedded.azure.ids import key
from embedded.azure.instance.failures import PortInUse
from embedded.azure.instance.spec import Address, Port
from embedded.azure.store import Store

KIND = "container-address"
ONLY = "127.0.0.1"
ATTEMPTS = 64
SUFFIX = "azurecontainer.io"


class Addresses:
    """Who has which address. ``home`` sets apart groups of other homes."""

    def __init__(self, store: Store, home: str) -> None:
        self._store = store
        self._home = home

    def allocate(self, group_id: str, ports: Sequence[Port]) -> str:
        """The group's address, the same one for as long as it exists.

        Raises PortInUse if the ports are taken wherever one looks.
        """
        taken = self._store.records(KIND)
        for address, record in taken.items():
            if record["group"] == key(group_id):
                return address
        for address in self._candidates(group_id):
            if address not in taken and _is_free(address, ports):
                if address != ONLY:
                    self._store.set_record(KIND, address, {"group": key(group_id)})
                return address
        raise PortInUse(", ".join(str(port) for port in ports), "every address")

    def release(self, group_id: str) -> None:
        for address, record in self._store.records(KIND).items():
            if record["group"] == key(group_id):
                self._store.drop_record(KIND, address)

    def release_unknown(self, known: Callable[[str], bool]) -> None:
        """Free what a crash left taken, before its group was noted."""
        for record in self._store.records(KIND).values():
            if not known(record["group"]):
                self.release(record["group"])

    def _candidates(self, group_id: str) -> Iterator[str]:
        """The same ones in the same order each time, so an address tends to stay."""
        if not _exists("127.64.0.1"):
            yield ONLY
            return
        for attempt in range(ATTEMPTS):
            text = f"{self._home}\n{key(group_id)}\n{attempt}"
            first, second, third = hashlib.sha256(text.encode()).digest()[:3]
            # Clear of 127.0.x.x and 127.1.x.x, where systems put things of their own.
            yield f"127.{64 + first % 128}.{second}.{1 + third % 254}"


def _exists(address: str) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def _is_free(address: str, ports: Sequence[Port]) -> bool:
    """Whether nobody answers. To bind would need rights that only Docker has."""
    for port in ports:
        if port.protocol != "TCP":
            continue
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex((address, port.number)) == 0:
                return False
    return True


def domain_name(
    address: Address, location: str, group_id: str, tenant_id: str
) -> str | None:
    """``<label>[.<hash>].<region>.azurecontainer.io``; None without a label.

    The hash depends on what the label may be used again in: ``TenantReuse``,
    ``SubscriptionReuse``, ``ResourceGroupReuse``; ``Noreuse`` draws one.
    """
    if address.label is None:
        return None
    if address.scope == "Unsecure":
        return f"{address.label}.{location}.{SUFFIX}"
    parts = key(group_id).strip("/").split("/")
    scopes = {
        "TenantReuse": tenant_id,
        "SubscriptionReuse": parts[1],
        "ResourceGroupReuse": "/".join(parts[:4]),
        "Noreuse": secrets.token_hex(16),
    }
    middle = _letters(f"{scopes[address.scope]}\n{address.label}")
    return f"{address.label}.{middle}.{location}.{SUFFIX}"


def _letters(text: str) -> str:
    """Sixteen lower-case letters, as Azure's own hashes look."""
    digest = hashlib.sha256(text.encode()).digest()[:16]
    return "".join(chr(ord("a") + byte % 26) for byte in digest)
