"""Bodies of Microsoft.ManagedIdentity."""

from __future__ import annotations

from embedded.azure.shapes import LOCATION, TAGS, record

IDENTITY = record({"location": LOCATION, "tags": TAGS}, ["location"])
IDENTITY_PATCH = record({"tags": TAGS})
