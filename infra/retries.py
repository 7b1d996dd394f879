"""Trying again while a new role has not reached the registry yet.

A role assignment takes up to some minutes in Azure. Until then the container group
fails with ``InaccessibleImage``, and one `up` would not be enough.
"""

from __future__ import annotations

import asyncio

import pulumi

#: What Azure answers while the identity may not pull yet.
PASSING = ("InaccessibleImage",)


def on_pull_failure(name: str, retries: int, delay: float) -> pulumi.ErrorHook:
    """A hook that tries again up to ``retries`` times, ``delay`` seconds apart."""

    async def decide(failure: pulumi.ErrorHookArgs) -> bool:
        tries = len(failure.errors)
        if not is_passing(failure.errors) or tries > retries:
            return False
        pulumi.log.info(
            f"the identity may not pull yet; try {tries} of {retries} in {delay:g} s"
        )
        await asyncio.sleep(delay)
        return True

    return pulumi.ErrorHook(name, decide)


def is_passing(errors: list[str]) -> bool:
    """Whether the newest error is one that time mends."""
    return bool(errors) and any(code in errors[0] for code in PASSING)
