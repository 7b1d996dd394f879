"""What stands around the registry: private endpoints, logs, and a lock."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import authorization, monitor, network

from infra.settings import Settings
from infra.settings.surroundings import Diagnostics, PrivateEndpoint


def declare_endpoints(
    endpoints: tuple[PrivateEndpoint, ...],
    group_name: pulumi.Input[str],
    registry_id: pulumi.Input[str],
    settings: Settings,
    opts: pulumi.ResourceOptions,
) -> list[pulumi.Resource]:
    """Private endpoints, each with its entry in a private DNS zone where one is named.

    https://learn.microsoft.com/azure/container-registry/container-registry-private-link
    """
    found: list[pulumi.Resource] = []
    for one in endpoints:
        made = network.PrivateEndpoint(
            one.name,
            location=settings.location,
            private_endpoint_name=one.name,
            private_link_service_connections=[
                network.PrivateLinkServiceConnectionArgs(
                    group_ids=["registry"],
                    name=one.name,
                    private_link_service_id=registry_id,
                )
            ],
            resource_group_name=group_name,
            subnet=network.SubnetArgs(id=one.subnet),
            tags=settings.tags,
            opts=opts,
        )
        found.append(made)
        if one.dns_zone is not None:
            found.append(_dns(one, made, group_name, opts))
    return found


def _dns(
    endpoint: PrivateEndpoint,
    made: network.PrivateEndpoint,
    group_name: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> network.PrivateDnsZoneGroup:
    return network.PrivateDnsZoneGroup(
        endpoint.name,
        private_dns_zone_configs=[
            network.PrivateDnsZoneConfigArgs(
                name="registry", private_dns_zone_id=endpoint.dns_zone
            )
        ],
        private_dns_zone_group_name="registry",
        private_endpoint_name=made.name,
        resource_group_name=group_name,
        opts=opts,
    )


def declare_diagnostics(
    diagnostics: Diagnostics,
    registry_id: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> None:
    """Logs of sign-ins and of repositories, and metrics.

    https://learn.microsoft.com/azure/container-registry/monitor-service
    """
    metrics = [
        monitor.DiagnosticsMetricSettingsArgs(category="AllMetrics", enabled=True)
    ]
    monitor.DiagnosticSetting(
        "acr-lab-logs",
        event_hub_authorization_rule_id=diagnostics.event_hub_rule,
        logs=[
            monitor.DiagnosticsLogSettingsArgs(category=one, enabled=True)
            for one in diagnostics.logs
        ],
        metrics=metrics if diagnostics.metrics else None,
        name="acr-lab-logs",
        resource_uri=registry_id,
        storage_account_id=diagnostics.storage_account,
        workspace_id=diagnostics.workspace,
        opts=opts,
    )


def lock(
    level: str | None, scope: pulumi.Input[str], holds: Sequence[pulumi.Resource]
) -> None:
    """A lock on the registry, after all that it ``holds`` and gone before any of it."""
    if level is not None:
        authorization.ManagementLockByScope(
            "acr-lab",
            level=level,
            lock_name="acr-lab",
            notes="Set by the stack; `pulumi destroy` takes it off first.",
            scope=scope,
            opts=pulumi.ResourceOptions(depends_on=list(holds)),
        )
