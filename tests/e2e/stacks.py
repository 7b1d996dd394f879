"""What the whole stacks in `Pulumi.local-*.yaml` have in common."""

from __future__ import annotations

import json
from typing import Any

Clone = Any
#: A principal of nobody: the one that pulls in `local-max`.
SOMEBODY = "11111111-2222-3333-4444-555555555555"
#: Soft delete goes with none of retention, replications and cache rules, and a registry
#: that takes no token for ARM not with AKS: so they are in no whole stack.
RESTORABLE: dict[str, Any] = {
    "sku": "Standard",
    "softDeleteDays": 30,
    "armTokens": False,
}


def changes(clone: Clone) -> dict[str, str]:
    """Name -> what the next update does to it, but for `same`."""
    body = json.loads(clone.run("up", "--yes", "--json"))
    assert body["succeeded"], body["diagnostics"]
    steps = {step["urn"].rsplit("::", 1)[-1]: step for step in body["steps"]}
    return {
        name: step["op"]
        for name, step in steps.items()
        if step["op"] not in ("same", "delete-replaced")
    }
