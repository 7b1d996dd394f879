"""Geo-replications: the registry in other regions too."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import containerregistry

from infra.settings import Settings
from infra.settings.replications import Replication


def declare(
    replications: tuple[Replication, ...],
    group_name: pulumi.Input[str],
    registry_name: pulumi.Input[str],
    settings: Settings,
    opts: pulumi.ResourceOptions,
) -> None:
    redundancy = containerregistry.ZoneRedundancy
    for one in replications:
        containerregistry.Replication(
            one.location,
            location=one.location,
            region_endpoint_enabled=one.routed,
            registry_name=registry_name,
            replication_name=one.location,
            resource_group_name=group_name,
            tags=settings.tags,
            zone_redundancy=redundancy.ENABLED
            if one.zone_redundancy
            else redundancy.DISABLED,
            opts=opts,
        )
