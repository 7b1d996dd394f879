"""Rules for container groups: Microsoft.ContainerInstance/containerGroups."""

from __future__ import annotations

from ..rule import Policy
from . import (
    allowed_ports,
    allowed_registry,
    attached_identity,
    dns_reuse,
    pinned_image,
    plain_secrets,
    privileges,
    probes,
    public_probe,
    pull_identity,
    reserved_ports,
    restart_policy,
    served_ports,
    shared_limits,
    size,
    used_credentials,
)

RULES: list[Policy] = [
    pull_identity.RULE,
    attached_identity.RULE,
    used_credentials.RULE,
    plain_secrets.RULE,
    pinned_image.RULE,
    allowed_registry.RULE,
    privileges.RULE,
    size.RULE,
    shared_limits.RULE,
    probes.RULE,
    public_probe.RULE,
    restart_policy.RULE,
    dns_reuse.RULE,
    allowed_ports.RULE,
    served_ports.RULE,
    reserved_ports.RULE,
]
