"""What depends on what, and the order of deletion that follows. Sans-I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from embedded.engine.state import Resource


def waves(doomed: Sequence[Resource]) -> list[list[Resource]]:
    """The resources in groups that can be deleted at once, dependents first."""
    left = list(doomed)
    result: list[list[Resource]] = []
    while left:
        needed = {urn for one in left for _, urn in one.references() if urn != one.urn}
        wave = [one for one in left if one.urn not in needed]
        if not wave:  # a circle cannot come from a program; still come to an end
            wave = [left[-1]]
        result.append(wave)
        left = [one for one in left if one not in wave]
    return result


def property_dependents(urn: str, resources: Iterable[Resource]) -> list[Resource]:
    """Resources some property of which is made of an output of the given one."""
    return [
        one
        for one in resources
        if any(urn in urns for urns in one.property_dependencies.values())
    ]
