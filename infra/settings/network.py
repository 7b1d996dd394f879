"""How a container group is reached, and how it finds names.

https://learn.microsoft.com/azure/container-instances/container-instances-virtual-network-concepts
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from infra import rules
from infra.rules import NotAllowed, Rule
from infra.settings import structure
from infra.settings.reader import Reader
from infra.settings.structure import Entry

#: Key -> the word of the API; None: the group has no address.
ADDRESS: Rule[str | None] = rules.choice(
    {"public": "Public", "private": "Private", "none": None}
)
DNS_LABEL = rules.text(
    r"(?=.{5,63}$)[a-z]([a-z0-9-]*[a-z0-9])?",
    "5 to 63 lower-case letters, digits and hyphens, a letter first, no hyphen last",
)
REUSE_SCOPE = rules.words(
    "Unsecure", "TenantReuse", "SubscriptionReuse", "ResourceGroupReuse", "Noreuse"
)
SUBNET = rules.text(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Network"
    r"/virtualNetworks/[^/]+/subnets/[^/]+",
    "the resource id of a subnet",
)
DOMAIN = rules.text(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", "a domain")
OPTION = rules.text(r"[a-z0-9-]+(:\d+)?", "an option of resolv.conf, such as ndots:2")


def _server(given: str) -> str:
    try:
        return str(ipaddress.ip_address(given.strip()))
    except ValueError as error:
        raise NotAllowed from error


#: As in resolv.conf: of more than three the resolver asks the first three only.
SERVERS = rules.texts(Rule("the IP address of a name server", _server), 3)


@dataclass(frozen=True)
class Dns:
    """Name servers in place of Azure's own."""

    servers: tuple[str, ...]
    domains: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class GroupNetwork:
    """``address`` is Public, Private or None; ``label`` None: no DNS name."""

    address: str | None = "Public"
    label: str | None = None
    reuse_scope: str = "TenantReuse"
    subnets: tuple[str, ...] = ()
    dns: Dns | None = None


def read(reader: Reader) -> GroupNetwork:
    default = GroupNetwork
    return GroupNetwork(
        address=reader.take("ipAddress", ADDRESS, default.address),
        label=reader.optional("dnsLabel", DNS_LABEL, None),
        reuse_scope=reader.take("dnsLabelReuseScope", REUSE_SCOPE, default.reuse_scope),
        subnets=reader.take("subnetIds", rules.texts(SUBNET, 20), ()),
        dns=structure.one(reader, "dnsConfig", _dns),
    )


def _dns(entry: Entry) -> Dns:
    return Dns(
        servers=entry.need("nameServers", SERVERS, ()),
        domains=entry.take("searchDomains", rules.texts(DOMAIN, 6), ()),
        options=entry.take("options", rules.texts(OPTION, 10), ()),
    )
