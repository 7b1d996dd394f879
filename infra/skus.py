"""What each SKU of Azure Container Registry has, as one table. Sans-I/O.

Source: Microsoft's documentation of August 2026, "Azure Container Registry SKU features
and limits" and "Zone redundancy" (MicrosoftDocs/azure-management-docs, articles/
container-registry). Since 2026 Basic and Standard have the same request rates, and
every SKU is zone redundant; older tables say otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Feature(StrEnum):
    """What a registry may have beside storage and images."""

    ABAC = "repository permissions in Entra (ABAC)"
    ARTIFACT_CACHE = "artifact cache"
    SOFT_DELETE = "soft delete"
    TASKS = "ACR Tasks"
    TOKENS = "tokens and scope maps"
    WEBHOOKS = "webhooks"
    ZONE_REDUNDANCY = "zone redundancy"
    ANONYMOUS_PULL = "anonymous pull"
    AGENT_POOLS = "task agent pools"
    ARTIFACT_STREAMING = "artifact streaming"
    CONNECTED_REGISTRY = "connected registry"
    CONTENT_TRUST = "content trust"
    CUSTOMER_KEY = "customer-managed key"
    DEDICATED_DATA_ENDPOINT = "dedicated data endpoints"
    EXPORT_POLICY = "export policy"
    GEO_REPLICATION = "geo-replication"
    IP_RULES = "IP access rules"
    PRIVATE_LINK = "private link"
    PUBLIC_ACCESS_OFF = "public access off"
    QUARANTINE = "quarantine"
    RETENTION = "retention of untagged manifests"


@dataclass(frozen=True)
class Rates:
    """Requests a minute to the whole registry; one identity gets half of them.

    ``sign_ins`` (requests for tokens) have no limit per identity.
    """

    reads: int
    writes: int
    deletes: int
    referrers: int
    sign_ins: int


@dataclass(frozen=True)
class Sku:
    """One row. Storage: what the price includes in GiB, and the hard limit in TiB.

    ``webhooks``, ``tokens``, ``scope_maps`` and ``replications`` are how many there may
    be; None: as many as there are regions.
    """

    name: str
    included_gib: int
    limit_tib: int
    webhooks: int
    tokens: int
    scope_maps: int
    replications: int | None
    rates: Rates
    features: frozenset[Feature]

    def has(self, feature: Feature) -> bool:
        return feature in self.features


#: Limits that all SKUs share.
LAYER_GIB = 200
MANIFEST_MIB = 4

_ALL = frozenset(
    {
        Feature.ABAC,
        Feature.ARTIFACT_CACHE,
        Feature.SOFT_DELETE,
        Feature.TASKS,
        Feature.TOKENS,
        Feature.WEBHOOKS,
        Feature.ZONE_REDUNDANCY,
    }
)
_COMMON_RATES = Rates(10_000, 2_000, 1_000, 500, 10_000)

SKUS: Mapping[str, Sku] = {
    sku.name: sku
    for sku in (
        Sku("Basic", 10, 40, 2, 100, 100, 0, _COMMON_RATES, _ALL),
        Sku(
            "Standard",
            100,
            40,
            10,
            500,
            500,
            0,
            _COMMON_RATES,
            _ALL | {Feature.ANONYMOUS_PULL},
        ),
        Sku(
            "Premium",
            500,
            100,
            500,
            50_000,
            50_000,
            None,
            Rates(20_000, 4_000, 4_000, 2_000, 20_000),
            frozenset(Feature),
        ),
    )
}


def offering(feature: Feature) -> list[str]:
    """The SKUs that have a feature, the cheapest first."""
    return [sku.name for sku in SKUS.values() if sku.has(feature)]
