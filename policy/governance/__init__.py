"""Rules for whatever has a location and tags."""

from __future__ import annotations

from ..rule import Policy
from . import locations, tags

RULES: list[Policy] = [locations.RULE, tags.RULE]
