"""Rules for registries: Microsoft.ContainerRegistry/registries."""

from __future__ import annotations

from ..rule import Policy
from . import (
    address_ranges,
    admin_user,
    allowed_sku,
    anonymous_pull,
    arm_tokens,
    content_trust,
    export,
    network,
    retention,
    tier_features,
    trusted_services,
)

RULES: list[Policy] = [
    admin_user.RULE,
    anonymous_pull.RULE,
    allowed_sku.RULE,
    tier_features.RULE,
    network.RULE,
    address_ranges.RULE,
    trusted_services.RULE,
    export.RULE,
    retention.RULE,
    content_trust.RULE,
    arm_tokens.RULE,
]
