"""Who may pull: a user-assigned identity with the role AcrPull on the registry.

Azure Container Instances cannot pull with a system-assigned identity.
"""

from __future__ import annotations

import pulumi
from pulumi_azure_native import authorization, managedidentity

from infra.settings import Settings

#: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/containers
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"


class PullAccess(pulumi.ComponentResource):
    """The identity, and its role."""

    def __init__(
        self,
        name: str,
        group_name: pulumi.Input[str],
        registry_id: pulumi.Input[str],
        settings: Settings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("acr-lab:index:PullAccess", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        identity = managedidentity.UserAssignedIdentity(
            "acr-lab-puller",
            location=settings.location,
            resource_group_name=group_name,
            tags=settings.tags,
            opts=child,
        )
        subscription = authorization.get_client_config_output().subscription_id
        # Without its type Azure looks the new principal up, and may not find it yet.
        self.role = authorization.RoleAssignment(
            "acr-lab-pull",
            principal_id=identity.principal_id,
            principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
            role_definition_id=pulumi.Output.concat(
                "/subscriptions/",
                subscription,
                "/providers/Microsoft.Authorization/roleDefinitions/",
                ACR_PULL,
            ),
            scope=registry_id,
            opts=child,
        )
        self.identity_id = identity.id
        self.client_id = identity.client_id
        self.register_outputs({"clientId": self.client_id})
