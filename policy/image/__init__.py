"""Rules for images that a stack builds: docker:index/image:Image."""

from __future__ import annotations

from ..rule import Policy
from . import (
    build_secrets,
    moving_tag,
    own_registry,
    platform,
    push_token,
    unique_tag,
)

RULES: list[Policy] = [
    moving_tag.RULE,
    unique_tag.RULE,
    platform.RULE,
    build_secrets.RULE,
    push_token.RULE,
    own_registry.RULE,
]
