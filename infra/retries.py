"""Trying again while a new role has not reached the registry yet.

A role assignment takes up to some minutes in Azure. Until then the container group
fails with ``InaccessibleImage``, and one `up` would not be enough.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pulumi

#: What Azure answers while the identity may not pull yet.
PASSING = ("InaccessibleImage",)


@dataclass(frozen=True)
class PullRetries:
    """Decides on a failure: up to ``limit`` retries, ``delay`` seconds apart."""

    limit: int
    delay: float

    async def __call__(self, failure: pulumi.ErrorHookArgs) -> bool:
        tries = len(failure.errors)
        if not is_passing(failure.errors):
            return False
        if tries > self.limit:
            pulumi.log.warn(
                f"giving up after {self.limit} retries. Has the identity the role "
                "AcrPull on the registry? For more time there are acr-lab:roleRetries "
                "and acr-lab:roleRetrySeconds."
            )
            return False
        pulumi.log.info(
            f"the identity may not pull yet; try {tries} of {self.limit} in "
            f"{self.delay:g} s"
        )
        await asyncio.sleep(self.delay)
        return True


def on_pull_failure(name: str, limit: int, delay: float) -> pulumi.ErrorHook:
    """The hook for a resource that pulls an image."""
    return pulumi.ErrorHook(name, PullRetries(limit, delay))


def is_passing(errors: list[str]) -> bool:
    """Whether the newest error is one that time mends."""
    return bool(errors) and any(code in errors[0] for code in PASSING)
