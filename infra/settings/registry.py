"""The keys of the registry itself."""

from __future__ import annotations

from dataclasses import dataclass

from infra import rules
from infra.settings import (
    caches,
    replications,
    structure,
    surroundings,
    tasks,
    tokens,
    webhooks,
)
from infra.settings.caches import CacheRule
from infra.settings.reader import Reader
from infra.settings.replications import Replication
from infra.settings.structure import Entry
from infra.settings.surroundings import Diagnostics, PrivateEndpoint
from infra.settings.tasks import Task
from infra.settings.tokens import ScopeMap, Token
from infra.settings.webhooks import Webhook
from infra.skus import SKUS, Sku

NAME = rules.text("[a-zA-Z0-9]{5,50}", "5 to 50 letters and digits")
SWITCH = rules.boolean()
#: "IP access rules": 200 in a registry.
ADDRESSES = rules.texts(rules.addresses(), 200)
RETENTION_DAYS = rules.integer(0, 365)
SOFT_DELETE_DAYS = rules.integer(0, 90)
KEY_ID = rules.text(
    r"https://[a-zA-Z0-9-]+(\.[a-z0-9-]+)+/keys/[a-zA-Z0-9-]+(/[0-9a-f]+)?",
    "the address of a key in a Key Vault, https://VAULT.vault.azure.net/keys/KEY; "
    "without a version it rotates by itself",
)
IDENTITY_ID = rules.text(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers"
    r"/Microsoft\.ManagedIdentity/userAssignedIdentities/[\w-]+",
    "the resource id of a user-assigned identity",
)
GUID = rules.text(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "a GUID",
    lambda given: given.strip().lower(),
)


@dataclass(frozen=True)
class CustomerKey:
    """Encryption with a key of one's own, read by an identity that may use it."""

    key_id: str
    identity_id: str
    client_id: str


@dataclass(frozen=True)
class NetworkSettings:
    """Who reaches the registry. ``allowed_ips``: none for everybody."""

    public_access: bool = True
    allowed_ips: tuple[str, ...] = ()
    trusted_services: bool = True
    data_endpoints: bool = False


@dataclass(frozen=True)
class PolicySettings:
    """What becomes of images, and which tokens count. Days: 0 for never."""

    retention_days: int = 0
    soft_delete_days: int = 0
    quarantine: bool = False
    export: bool = True
    arm_tokens: bool = True


@dataclass(frozen=True)
class RegistrySettings:
    """``name``: None for a made-up one."""

    name: str | None = None
    sku: Sku = SKUS["Basic"]
    admin_user: bool = False
    anonymous_pull: bool = False
    zone_redundancy: bool = False
    network: NetworkSettings = NetworkSettings()
    policies: PolicySettings = PolicySettings()
    customer_key: CustomerKey | None = None
    replications: tuple[Replication, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    scope_maps: tuple[ScopeMap, ...] = ()
    tokens: tuple[Token, ...] = ()
    cache_rules: tuple[CacheRule, ...] = ()
    tasks: tuple[Task, ...] = ()
    private_endpoints: tuple[PrivateEndpoint, ...] = ()
    diagnostics: Diagnostics | None = None
    lock: str | None = None


def read(reader: Reader) -> RegistrySettings:
    maps = tokens.read_maps(reader)
    return RegistrySettings(
        name=reader.optional("registryName", NAME, None),
        sku=reader.take("sku", rules.choice(SKUS), RegistrySettings.sku),
        admin_user=reader.take("adminUser", SWITCH, False),
        anonymous_pull=reader.take("anonymousPull", SWITCH, False),
        zone_redundancy=reader.take("zoneRedundancy", SWITCH, False),
        network=_network(reader),
        policies=_policies(reader),
        customer_key=structure.one(reader, "customerKey", _customer_key),
        replications=replications.read(reader),
        webhooks=webhooks.read(reader),
        scope_maps=maps,
        tokens=tokens.read(reader, maps),
        cache_rules=caches.read(reader),
        tasks=tasks.read(reader),
        private_endpoints=surroundings.read_endpoints(reader),
        diagnostics=surroundings.read_diagnostics(reader),
        lock=surroundings.read_lock(reader),
    )


def _network(reader: Reader) -> NetworkSettings:
    return NetworkSettings(
        public_access=reader.take("publicAccess", SWITCH, True),
        allowed_ips=reader.take("allowedIps", ADDRESSES, ()),
        trusted_services=reader.take("trustedServices", SWITCH, True),
        data_endpoints=reader.take("dedicatedDataEndpoints", SWITCH, False),
    )


def _policies(reader: Reader) -> PolicySettings:
    return PolicySettings(
        retention_days=reader.take("retentionDays", RETENTION_DAYS, 0),
        soft_delete_days=reader.take("softDeleteDays", SOFT_DELETE_DAYS, 0),
        quarantine=reader.take("quarantine", SWITCH, False),
        export=reader.take("export", SWITCH, True),
        arm_tokens=reader.take("armTokens", SWITCH, True),
    )


def _customer_key(entry: Entry) -> CustomerKey:
    return CustomerKey(
        key_id=entry.need("keyId", KEY_ID, ""),
        identity_id=entry.need("identityId", IDENTITY_ID, ""),
        client_id=entry.need("clientId", GUID, ""),
    )
