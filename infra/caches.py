"""Cache rules, and the credentials that the registry reads images with elsewhere."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import containerregistry

from infra.settings.caches import CacheRule


def declare(
    cache_rules: tuple[CacheRule, ...],
    group_name: pulumi.Input[str],
    registry_name: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> None:
    for one in cache_rules:
        signed_in = None
        if one.username_secret and one.password_secret:
            signed_in = _credentials(one, group_name, registry_name, opts).id
        containerregistry.CacheRule(
            one.name,
            cache_rule_name=one.name,
            credential_set_resource_id=signed_in,
            registry_name=registry_name,
            resource_group_name=group_name,
            source_repository=one.source,
            target_repository=one.target,
            # Azure changes neither of a rule that is there.
            opts=pulumi.ResourceOptions.merge(
                opts,
                pulumi.ResourceOptions(
                    delete_before_replace=True,
                    replace_on_changes=["sourceRepository", "targetRepository"],
                ),
            ),
        )


def _credentials(
    rule: CacheRule,
    group_name: pulumi.Input[str],
    registry_name: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> containerregistry.CredentialSet:
    """Its identity has to be let into the Key Vault, which is not this program's."""
    return containerregistry.CredentialSet(
        rule.name,
        auth_credentials=[
            containerregistry.AuthCredentialArgs(
                name=containerregistry.CredentialName.CREDENTIAL1,
                password_secret_identifier=rule.password_secret,
                username_secret_identifier=rule.username_secret,
            )
        ],
        credential_set_name=rule.name,
        identity=containerregistry.IdentityPropertiesArgs(
            type=containerregistry.ResourceIdentityType.SYSTEM_ASSIGNED
        ),
        login_server=rule.source.partition("/")[0],
        registry_name=registry_name,
        resource_group_name=group_name,
        opts=opts,
    )
