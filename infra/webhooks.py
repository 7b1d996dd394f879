"""Webhooks: who is told of pushes and deletions."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import containerregistry

from infra.settings import Settings
from infra.settings.webhooks import Webhook


def declare(
    webhooks: tuple[Webhook, ...],
    group_name: pulumi.Input[str],
    registry_name: pulumi.Input[str],
    settings: Settings,
    opts: pulumi.ResourceOptions,
) -> None:
    """A resource for each. Addresses and headers may hold secrets, and are kept so."""
    for one in webhooks:
        containerregistry.Webhook(
            one.name,
            actions=list(one.actions),
            custom_headers=pulumi.Output.secret(dict(one.headers)),
            location=settings.location,
            registry_name=registry_name,
            resource_group_name=group_name,
            scope=one.scope,
            service_uri=pulumi.Output.secret(one.uri),
            status=one.status,
            tags=settings.tags,
            webhook_name=one.name,
            opts=opts,
        )
