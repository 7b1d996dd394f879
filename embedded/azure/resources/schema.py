"""Bodies of Microsoft.Resources."""

from __future__ import annotations

from embedded.azure.shapes import LOCATION, TAGS, each, record, text, word

#: A template's resource: its members beside these are those of the resource's own PUT.
_RESOURCE = record(
    {"type": text(r"[\w.]+(/\w+)+"), "apiVersion": text(), "name": text()},
    ["type", "name"],
)
_TEMPLATE = record({"resources": each(_RESOURCE)}, ["resources"])
DEPLOYMENT = record(
    {
        "properties": record(
            {"mode": word("Incremental", "Complete"), "template": _TEMPLATE},
            ["template"],
        )
    },
    ["properties"],
)
GROUP = record({"location": LOCATION, "tags": TAGS, "managedBy": text()}, ["location"])
GROUP_PATCH = record({"tags": TAGS})
