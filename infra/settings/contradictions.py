"""What is fine by itself and wrong together: refused before any call to the cloud.

Sources: the table in ``infra/skus.py``, and Azure Container Registry's documentation on
soft delete ("not with retention, geo-replication or artifact cache"), on the retention
policy ("systems that pull by digest"), on export ("disable public access first") and
on tokens for ARM ("disable authentication as ARM").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from infra.settings import compatibility
from infra.settings.reader import Reader
from infra.settings.registry import RegistrySettings
from infra.skus import Feature, offering

if TYPE_CHECKING:
    from infra.settings import Settings

#: A key and what is wrong with it.
Contradiction = tuple[str, str]


def check(reader: Reader, settings: Settings) -> None:
    """One mistake for each contradiction, under the key that is easiest to change."""
    for key, said in found(settings):
        reader.refuse(key, said)


def found(settings: Settings) -> Iterator[Contradiction]:
    yield from _above_the_tier(settings.registry)
    yield from _above_the_limits(settings)
    yield from _soft_delete(settings.registry)
    yield from _network(settings.registry)
    yield from _tasks(settings)
    yield from _subnets(settings)
    yield from _arm_tokens(settings)
    yield from _pinned(settings)
    yield from _platform(settings)
    yield from _sign_in(settings)
    yield from compatibility.found(settings.instance)


def _sign_in(settings: Settings) -> Iterator[Contradiction]:
    access = settings.access
    for key, chosen in (("pullAuth", access.pull), ("push", access.push)):
        if chosen == "admin" and not settings.registry.admin_user:
            yield key, "It needs an admin user: set adminUser to true."
        if chosen == "admin" and settings.registry.lock == "ReadOnly":
            yield (
                "lock",
                f"ReadOnly refuses to tell the admin user's passwords, which {key} "
                "needs: take CanNotDelete, or sign in another way.",
            )


def in_use(registry: RegistrySettings) -> dict[str, Feature]:
    """Key -> the feature that it turns on."""
    network, policies = registry.network, registry.policies
    rows = (
        ("anonymousPull", registry.anonymous_pull, Feature.ANONYMOUS_PULL),
        ("publicAccess", not network.public_access, Feature.PUBLIC_ACCESS_OFF),
        ("allowedIps", network.allowed_ips, Feature.IP_RULES),
        (
            "dedicatedDataEndpoints",
            network.data_endpoints,
            Feature.DEDICATED_DATA_ENDPOINT,
        ),
        ("zoneRedundancy", registry.zone_redundancy, Feature.ZONE_REDUNDANCY),
        ("retentionDays", policies.retention_days, Feature.RETENTION),
        ("softDeleteDays", policies.soft_delete_days, Feature.SOFT_DELETE),
        ("quarantine", policies.quarantine, Feature.QUARANTINE),
        ("export", not policies.export, Feature.EXPORT_POLICY),
        ("customerKey", registry.customer_key, Feature.CUSTOMER_KEY),
        ("geoReplications", registry.replications, Feature.GEO_REPLICATION),
        ("cacheRules", registry.cache_rules, Feature.ARTIFACT_CACHE),
        ("webhooks", registry.webhooks, Feature.WEBHOOKS),
        ("scopeMaps", registry.scope_maps, Feature.TOKENS),
        ("tokens", registry.tokens, Feature.TOKENS),
        ("tasks", registry.tasks, Feature.TASKS),
        ("privateEndpoints", registry.private_endpoints, Feature.PRIVATE_LINK),
    )
    return {key: feature for key, on, feature in rows if on}


def _above_the_tier(registry: RegistrySettings) -> Iterator[Contradiction]:
    for key, feature in in_use(registry).items():
        if not registry.sku.has(feature):
            tiers = " or ".join(offering(feature))
            yield (
                key,
                f"That is {feature}, which needs {tiers}, and the sku is "
                f"{registry.sku.name}. Raise the sku or leave the key out.",
            )


def _above_the_limits(settings: Settings) -> Iterator[Contradiction]:
    registry, sku = settings.registry, settings.registry.sku
    own = settings.access.pull == "token"  # it has a token and a scope map of its own
    for key, count, limit in (
        ("webhooks", len(registry.webhooks), sku.webhooks),
        ("scopeMaps", len(registry.scope_maps) + own, sku.scope_maps),
        ("tokens", len(registry.tokens) + own, sku.tokens),
    ):
        if count > limit:
            yield key, f"There are {count}, and {sku.name} allows {limit}."
    homes = [one for one in registry.replications if one.location == settings.location]
    if homes:
        yield (
            "geoReplications",
            f"{settings.location} is where the registry itself is: leave it out.",
        )


def _soft_delete(registry: RegistrySettings) -> Iterator[Contradiction]:
    if not registry.policies.soft_delete_days:
        return
    for key, feature in in_use(registry).items():
        if feature in (
            Feature.RETENTION,
            Feature.GEO_REPLICATION,
            Feature.ARTIFACT_CACHE,
        ):
            yield (
                "softDeleteDays",
                f"Soft delete and {feature} ({key}) exclude each other: leave one out.",
            )


def _network(registry: RegistrySettings) -> Iterator[Contradiction]:
    network = registry.network
    if not registry.policies.export and network.public_access:
        yield (
            "export",
            "Export can be off only where publicAccess is false: an image that "
            "everybody reaches is exported already.",
        )
    if network.allowed_ips and not network.public_access:
        yield (
            "allowedIps",
            "No address gets in while publicAccess is false: leave the addresses out, "
            "or set publicAccess to true for these alone.",
        )


def _tasks(settings: Settings) -> Iterator[Contradiction]:
    """Effects of ABAC on ACR Tasks: their API here has no identity for it.

    https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
    """
    if settings.registry.tasks and settings.access.permission_mode == "rbac-abac":
        yield (
            "tasks",
            "In ABAC mode (permissionMode) a registry lets its own tasks neither pull "
            "nor push, and the tasks of this program have no identity with a role: "
            "leave them out.",
        )


def _subnets(settings: Settings) -> Iterator[Contradiction]:
    """Ids of Azure have no case.

    https://learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi
    """
    delegated = {one.lower() for one in settings.instance.network.subnets}
    for one in settings.registry.private_endpoints:
        if one.subnet.lower() in delegated:
            yield (
                "privateEndpoints",
                f"{one.name} is in a subnet of subnetIds, which holds container groups "
                "and nothing else: give the endpoint another subnet.",
            )


def _arm_tokens(settings: Settings) -> Iterator[Contradiction]:
    shown = [one.name for one in settings.access.pullers if one.system != "other"]
    if shown and not settings.registry.policies.arm_tokens:
        yield (
            "armTokens",
            f"{', '.join(shown)} of pullers signs in with a token for ARM, which the "
            "registry would refuse: leave the key out.",
        )


def _pinned(settings: Settings) -> Iterator[Contradiction]:
    # Retention removes what no tag points at, and a digest is no tag.
    retained = settings.registry.policies.retention_days
    if retained and settings.image.pin == "digest":
        yield (
            "retentionDays",
            "The container runs an image by its digest (pin), and retention deletes "
            "manifests that have lost their tag: pin by tag, or leave retention out.",
        )


def _platform(settings: Settings) -> Iterator[Contradiction]:
    group = settings.instance.placement.os_type
    if not settings.image.platform.startswith(f"{group.lower()}/"):
        yield (
            "platform",
            f"The container group runs {group}: set it to {group.lower()}/amd64.",
        )
