"""The registry: Azure Container Registry of a chosen tier, with no admin user."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import containerregistry

from infra.settings import Settings


class Registry(pulumi.ComponentResource):
    """One registry. Its name is made up unless the settings have one."""

    def __init__(
        self,
        name: str,
        group_name: pulumi.Input[str],
        settings: Settings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("acr-lab:index:Registry", name, None, opts)
        registry = containerregistry.Registry(
            "acrlab",  # letters and digits only: the made-up name begins with it
            admin_user_enabled=False,
            location=settings.location,
            registry_name=settings.registry.name,
            resource_group_name=group_name,
            sku=containerregistry.SkuArgs(name=settings.registry.sku.name),
            tags=settings.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.id = registry.id
        self.name = registry.name
        self.login_server = registry.login_server
        self.sku = registry.sku.name
        self.register_outputs({"loginServer": self.login_server})
