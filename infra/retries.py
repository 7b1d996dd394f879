"""Trying again what Azure refuses for a while only.

Directory, roles and locks are kept in many places in Azure. What was just done to them
counts everywhere after seconds or minutes, and until then one `up` or `destroy` would
not be enough. Each kind of refusal has a hook, bounded and reported.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pulumi

from infra.settings.access import AccessSettings


@dataclass(frozen=True)
class Passing:
    """A refusal that time mends: Azure's code, and which operation it is of.

    ``state`` is what holds meanwhile, ``advice`` for when it never ends.
    """

    code: str
    operations: tuple[str, ...]
    state: str
    advice: str


PULL = Passing(
    "InaccessibleImage",
    ("create", "update"),
    "the identity may not pull yet",
    "Has the identity the role AcrPull on the registry? For more time there are "
    "acr-lab:roleRetries and acr-lab:roleRetrySeconds.",
)
PRINCIPAL = Passing(
    "PrincipalNotFound",
    ("create", "update"),
    "the new identity is not found everywhere yet",
    "Is the principal one of this tenant? For more time there are "
    "acr-lab:roleRetries and acr-lab:roleRetrySeconds.",
)
LOCK = Passing(
    "ScopeLocked",
    ("delete",),
    "a lock that was taken off still counts",
    "Is there another lock? `az lock list` shows all. For more time there are "
    "acr-lab:lockRetries and acr-lab:roleRetrySeconds.",
)


@dataclass(frozen=True)
class Retries:
    """Decides on a failure: up to ``limit`` retries, ``delay`` seconds apart."""

    passing: Passing
    limit: int
    delay: float

    async def __call__(self, failure: pulumi.ErrorHookArgs) -> bool:
        if not self.is_passing(failure):
            return False
        tries = len(failure.errors)
        if tries > self.limit:
            advice = self.passing.advice
            pulumi.log.warn(f"giving up after {self.limit} retries. {advice}")
            return False
        pulumi.log.info(
            f"{self.passing.state}; try {tries} of {self.limit} in {self.delay:g} s"
        )
        await asyncio.sleep(self.delay)
        return True

    def is_passing(self, failure: pulumi.ErrorHookArgs) -> bool:
        """Whether the newest error is one that time mends."""
        of_this_kind = failure.failed_operation in self.passing.operations
        return of_this_kind and self.passing.code in "".join(failure.errors[:1])


def on_pull_failure(name: str, settings: AccessSettings) -> pulumi.ResourceHookBinding:
    """For a resource that pulls an image with a role that may be new."""
    return _binding(name, PULL, settings.role_retries, settings)


def on_missing_principal(
    name: str, settings: AccessSettings
) -> pulumi.ResourceHookBinding:
    """For a role of a principal that may be new."""
    return _binding(name, PRINCIPAL, settings.role_retries, settings)


def on_leftover_lock(name: str, settings: AccessSettings) -> pulumi.ResourceOptions:
    """Options of resources that a lock covers, for them and for all below them.

    The hook decides about deletions, so the program has to run: in an `up` it does, in
    a `destroy` with ``--run-program``.
    """
    binding = _binding(name, LOCK, settings.lock_retries, settings)

    def bind(
        args: pulumi.ResourceTransformationArgs,
    ) -> pulumi.ResourceTransformationResult | None:
        if not isinstance(args.resource, pulumi.CustomResource):
            return None
        bound = pulumi.ResourceOptions(hooks=binding)
        merged = pulumi.ResourceOptions.merge(args.opts, bound)
        return pulumi.ResourceTransformationResult(args.props, merged)

    return pulumi.ResourceOptions(transformations=[bind])


def _binding(
    name: str, passing: Passing, limit: int, settings: AccessSettings
) -> pulumi.ResourceHookBinding:
    retries = Retries(passing, limit, settings.role_retry_seconds)
    return pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook(name, retries)])
