"""The keys of who may pull, and of waiting for it."""

from __future__ import annotations

from dataclasses import dataclass

from infra import rules
from infra.settings.reader import Reader

#: The Pulumi engine itself stops after a hundred.
RETRIES = rules.integer(0, 100)
RETRY_SECONDS = rules.number("0.1", "300", "0.1")


@dataclass(frozen=True)
class AccessSettings:
    """How often, and how many seconds apart, a pull is tried again."""

    role_retries: int = 60
    role_retry_seconds: float = 10.0


def read(reader: Reader) -> AccessSettings:
    default = AccessSettings
    return AccessSettings(
        reader.take("roleRetries", RETRIES, default.role_retries),
        reader.take("roleRetrySeconds", RETRY_SECONDS, default.role_retry_seconds),
    )
