"""The keys of what stands around the registry: private endpoints, logs, a lock."""

from __future__ import annotations

from dataclasses import dataclass

from infra import rules
from infra.settings import structure
from infra.settings.reader import Reader
from infra.settings.structure import Entry

NAME = rules.text(r"[\w-]{1,64}", "1 to 64 letters, digits, '-' and '_'")
SUBNET = rules.text(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Network"
    r"/virtualNetworks/[^/]+/subnets/[^/]+",
    "the resource id of a subnet",
)
RESOURCE = rules.text(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/[^/]+(/[^/]+/[^/]+)+",
    "a resource id",
)
DNS_ZONE = rules.text(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Network"
    r"/privateDnsZones/[^/]+",
    "the resource id of a private DNS zone, which is privatelink.azurecr.io in Azure",
)
CATEGORIES = rules.texts(
    rules.words("ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"), 2
)
LOCK = rules.words("CanNotDelete", "ReadOnly")


@dataclass(frozen=True)
class PrivateEndpoint:
    """``dns_zone``: the id of the private zone privatelink.azurecr.io, or None."""

    name: str
    subnet: str
    dns_zone: str | None = None


@dataclass(frozen=True)
class Diagnostics:
    """Where logs go: at least one place. ``logs`` are categories."""

    workspace: str | None = None
    storage_account: str | None = None
    event_hub_rule: str | None = None
    logs: tuple[str, ...] = (
        "ContainerRegistryLoginEvents",
        "ContainerRegistryRepositoryEvents",
    )
    metrics: bool = True


def read_endpoints(reader: Reader) -> tuple[PrivateEndpoint, ...]:
    found = structure.rows(reader, "privateEndpoints", _endpoint)
    structure.refuse_twins(reader, "privateEndpoints", [one.name for one in found])
    return found


def read_diagnostics(reader: Reader) -> Diagnostics | None:
    return structure.one(reader, "diagnostics", _diagnostics)


def read_lock(reader: Reader) -> str | None:
    return reader.optional("lock", LOCK, None)


def _endpoint(entry: Entry) -> PrivateEndpoint:
    return PrivateEndpoint(
        name=entry.need("name", NAME, ""),
        subnet=entry.need("subnetId", SUBNET, ""),
        dns_zone=entry.take("dnsZoneId", DNS_ZONE, "") or None,
    )


def _diagnostics(entry: Entry) -> Diagnostics:
    found = Diagnostics(
        workspace=entry.take("workspaceId", RESOURCE, "") or None,
        storage_account=entry.take("storageAccountId", RESOURCE, "") or None,
        event_hub_rule=entry.take("eventHubRuleId", RESOURCE, "") or None,
        logs=entry.take("logs", CATEGORIES, Diagnostics.logs),
        metrics=entry.take("metrics", rules.boolean(), True),
    )
    places = ("workspaceId", "storageAccountId", "eventHubRuleId")
    if not any(entry.has(one) for one in places):
        entry.refuse("workspaceId", f"One of {', '.join(places)} is needed.")
    return found
