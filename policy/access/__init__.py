"""Rules for role assignments: Microsoft.Authorization/roleAssignments."""

from __future__ import annotations

from ..rule import Policy
from . import least_role, narrow_scope, principal_type, privileged_role, pull_order

RULES: list[Policy] = [
    privileged_role.RULE,
    least_role.RULE,
    narrow_scope.RULE,
    principal_type.RULE,
    pull_order.RULE,
]
