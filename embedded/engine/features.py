"""What of Pulumi's deployment format a state uses beyond version 3. Sans-I/O.

Such a state is written as version 4 and lists its features, so that an engine that does
not know them leaves it alone (pulumi/pulumi, pkg/resource/stack/deployment.go).
"""

from __future__ import annotations

from typing import Any

from embedded.engine.errors import StateUnsupported

Json = dict[str, Any]
#: The versions without and with features.
PLAIN, FEATURED = 3, 4
#: Key of a resource -> the feature that it is of. We write the first one only.
KEYS = {
    "resourceHooks": "hooks",
    "refreshBeforeUpdate": "refreshBeforeUpdate",
    "viewOf": "views",
    "taint": "taint",
    "replaceWith": "replaceWith",
    "extensionRef": "extensionParameterization",
    "snippetID": "snippets-prototype",
}
SUPPORTED = frozenset({"hooks"})


def header(deployment: Json) -> Json:
    """What stands beside a ``deployment`` in a state file or an export."""
    resources = deployment.get("resources") or ()
    found = {KEYS[key] for one in resources for key in KEYS if one.get(key)}
    if not found:
        return {"version": PLAIN}
    return {"version": FEATURED, "features": sorted(found)}


def require(body: Json, where: str) -> None:
    """Raise StateUnsupported for a state that only another engine may touch.

    ``body`` is the outermost object of a state file or an export.
    """
    version = body.get("version")
    if version not in (PLAIN, FEATURED):
        raise StateUnsupported(where, f"the version {version!r} of the format")
    unknown = sorted(set(body.get("features") or ()) - SUPPORTED)
    if unknown:
        raise StateUnsupported(where, ", ".join(unknown))
