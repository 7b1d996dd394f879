"""ARM: GET and PUT of a resource group and of a registry, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import httpx

from bench.cloud import (
    GROUPS,
    LOCATION,
    REGISTRIES,
    good,
    local_azure,
    make_group,
    make_registry,
)
from bench.figure import Figure, measured, stopwatch
from bench.machine import require

TITLE = "ARM requests"
MILLISECONDS = 3.0
REQUESTS = 200
BASIS = "of one that is there; client included, HTTPS"


def measure() -> Sequence[Figure]:
    require("docker-registry")
    with local_azure() as azure, azure.arm() as arm:
        group = make_group(arm, azure)
        registry = make_registry(arm, group)["id"]
        sku = {"location": LOCATION, "sku": {"name": "Standard"}}

        def get(path: str, query: dict[str, str]) -> httpx.Response:
            return arm.get(path, params=query)

        def put(path: str, query: dict[str, str], body: object) -> httpx.Response:
            return arm.put(path, params=query, json=body)

        return [
            timed("GET of a resource group", lambda: get(group, GROUPS)),
            timed(
                "PUT of a resource group",
                lambda: put(group, GROUPS, {"location": LOCATION}),
            ),
            timed("GET of a registry", lambda: get(registry, REGISTRIES)),
            timed("PUT of a registry", lambda: put(registry, REGISTRIES, sku)),
        ]


def timed(name: str, request: Callable[[], httpx.Response]) -> Figure:
    """Over one connection, after some that do not count."""
    samples = []
    for count in range(REQUESTS + 20):
        with stopwatch() as seconds:
            good(request())
            if count >= 20:
                samples.append(seconds() * 1000)
    return measured(name, samples, "ms", MILLISECONDS, BASIS)
