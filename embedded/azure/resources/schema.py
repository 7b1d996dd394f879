"""Bodies of Microsoft.Resources."""

from __future__ import annotations

from embedded.azure.shapes import LOCATION, TAGS, record, text

GROUP = record({"location": LOCATION, "tags": TAGS, "managedBy": text()}, ["location"])
GROUP_PATCH = record({"tags": TAGS})
