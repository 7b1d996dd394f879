"""Scope maps, and tokens that each have one.

A token has no password yet: `az acr token credential generate` makes one, and tells it
to nobody else. No password of these tokens is ever in the state.
"""

from __future__ import annotations

import pulumi
from pulumi_azure_native import containerregistry

from infra.settings.tokens import ScopeMap, Token


def declare(
    maps: tuple[ScopeMap, ...],
    tokens: tuple[Token, ...],
    group_name: pulumi.Input[str],
    registry: containerregistry.Registry,
    opts: pulumi.ResourceOptions,
) -> None:
    made = {
        one.name: containerregistry.ScopeMap(
            one.name,
            actions=list(one.actions),
            description=one.description,
            registry_name=registry.name,
            resource_group_name=group_name,
            scope_map_name=one.name,
            opts=opts,
        )
        for one in maps
    }
    for token in tokens:
        known = made.get(token.scope_map)
        system = pulumi.Output.concat(registry.id, "/scopeMaps/", token.scope_map)
        containerregistry.Token(
            token.name,
            registry_name=registry.name,
            resource_group_name=group_name,
            scope_map_id=known.id if known else system,
            status=token.status,
            token_name=token.name,
            opts=opts,
        )
