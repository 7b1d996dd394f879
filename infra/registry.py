"""The registry: Azure Container Registry of a chosen tier, with what the tier has."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import containerregistry

from infra import caches, replications, surroundings, tasks, tokens, webhooks
from infra.settings import Settings
from infra.settings.registry import (
    CustomerKey,
    NetworkSettings,
    PolicySettings,
)
from infra.skus import Feature, Sku


class Registry(pulumi.ComponentResource):
    """One registry. Its name is made up unless the settings have one.

    ``reached``: what has to be there before somebody inside a network pushes to it.
    """

    def __init__(
        self,
        name: str,
        group_name: pulumi.Input[str],
        settings: Settings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("acr-lab:index:Registry", name, None, opts)
        asked = settings.registry
        key = asked.customer_key
        registry = containerregistry.Registry(
            "acrlab",  # letters and digits only: the made-up name begins with it
            admin_user_enabled=asked.admin_user,
            anonymous_pull_enabled=asked.anonymous_pull,
            data_endpoint_enabled=asked.network.data_endpoints,
            encryption=_encryption(key) if key else None,
            identity=_identity(key) if key else None,
            location=settings.location,
            network_rule_bypass_options=_bypass(asked.network),
            network_rule_set=_rules(asked.network, asked.sku),
            policies=_policies(asked.policies, asked.sku),
            public_network_access=_public(asked.network),
            registry_name=asked.name,
            resource_group_name=group_name,
            sku=containerregistry.SkuArgs(name=asked.sku.name),
            tags=settings.tags,
            zone_redundancy=containerregistry.ZoneRedundancy.ENABLED
            if asked.zone_redundancy
            else containerregistry.ZoneRedundancy.DISABLED,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.group_name = group_name
        self.id = registry.id
        self.name = registry.name
        self.login_server = registry.login_server
        self.sku = registry.sku.name
        self.reached: list[pulumi.Resource] = []
        self._declare_children(registry, settings)
        self.register_outputs({"loginServer": self.login_server})

    def _declare_children(
        self, registry: containerregistry.Registry, settings: Settings
    ) -> None:
        asked = settings.registry
        group, name = self.group_name, registry.name
        child = pulumi.ResourceOptions(parent=self)
        replications.declare(asked.replications, group, name, settings, child)
        webhooks.declare(asked.webhooks, group, name, settings, child)
        tokens.declare(asked.scope_maps, asked.tokens, group, registry, child)
        caches.declare(asked.cache_rules, group, name, child)
        tasks.declare(asked.tasks, group, name, settings, child)
        self.reached += surroundings.declare_endpoints(
            asked.private_endpoints, group, registry.id, settings, child
        )
        if asked.diagnostics is not None:
            surroundings.declare_diagnostics(asked.diagnostics, registry.id, child)


def _public(network: NetworkSettings) -> containerregistry.PublicNetworkAccess:
    access = containerregistry.PublicNetworkAccess
    return access.ENABLED if network.public_access else access.DISABLED


def _bypass(network: NetworkSettings) -> containerregistry.NetworkRuleBypassOptions:
    options = containerregistry.NetworkRuleBypassOptions
    return options.AZURE_SERVICES if network.trusted_services else options.NONE


def _rules(
    network: NetworkSettings, sku: Sku
) -> containerregistry.NetworkRuleSetArgs | None:
    """The lower tiers have no such rules, and refuse even an empty set."""
    if not sku.has(Feature.IP_RULES):
        return None
    action = containerregistry.DefaultAction
    return containerregistry.NetworkRuleSetArgs(
        default_action=action.DENY if network.allowed_ips else action.ALLOW,
        ip_rules=[
            containerregistry.IPRuleArgs(
                action=containerregistry.Action.ALLOW, i_p_address_or_range=one
            )
            for one in network.allowed_ips
        ],
    )


def _policies(policies: PolicySettings, sku: Sku) -> containerregistry.PoliciesArgs:
    """All that the tier has, so that a policy which is taken out is turned off."""
    soft_delete = containerregistry.SoftDeletePolicyArgs(
        retention_days=policies.soft_delete_days or None,
        status=_status(policies.soft_delete_days > 0),
    )
    arm_tokens = containerregistry.AzureADAuthenticationAsArmPolicyArgs(
        status=_status(policies.arm_tokens)
    )
    if not sku.has(Feature.RETENTION):
        return containerregistry.PoliciesArgs(
            azure_ad_authentication_as_arm_policy=arm_tokens,
            soft_delete_policy=soft_delete,
        )
    return containerregistry.PoliciesArgs(
        azure_ad_authentication_as_arm_policy=arm_tokens,
        export_policy=containerregistry.ExportPolicyArgs(
            status=_status(policies.export)
        ),
        quarantine_policy=containerregistry.QuarantinePolicyArgs(
            status=_status(policies.quarantine)
        ),
        retention_policy=containerregistry.RetentionPolicyArgs(
            days=policies.retention_days or None,
            status=_status(policies.retention_days > 0),
        ),
        soft_delete_policy=soft_delete,
    )


def _status(on: bool) -> str:
    return "enabled" if on else "disabled"


def _encryption(key: CustomerKey) -> containerregistry.EncryptionPropertyArgs:
    return containerregistry.EncryptionPropertyArgs(
        key_vault_properties=containerregistry.KeyVaultPropertiesArgs(
            identity=key.client_id, key_identifier=key.key_id
        ),
        status=containerregistry.EncryptionStatus.ENABLED,
    )


def _identity(key: CustomerKey) -> containerregistry.IdentityPropertiesArgs:
    return containerregistry.IdentityPropertiesArgs(
        type=containerregistry.ResourceIdentityType.USER_ASSIGNED,
        user_assigned_identities={
            key.identity_id: containerregistry.UserIdentityPropertiesArgs()
        },
    )
