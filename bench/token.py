"""A token request at a registry's front, as every push and pull begins with."""

from __future__ import annotations

from collections.abc import Sequence

from bench.cloud import (
    NOBODY,
    good,
    local_azure,
    make_group,
    make_registry,
    refresh_token,
)
from bench.figure import Figure, measured, stopwatch
from bench.machine import require

TITLE = "token request"
MILLISECONDS = 5.0
REQUESTS = 200


def measure() -> Sequence[Figure]:
    require("docker-registry")
    with local_azure() as azure, azure.arm() as arm:
        registry = make_registry(arm, make_group(arm, azure))
        server = registry["properties"]["loginServer"]
        query = {"service": server, "scope": "repository:bench:pull,push"}
        samples = []
        password = refresh_token(azure, server)
        with azure.http(f"https://{server}") as client:
            client.auth = (NOBODY, password)
            for count in range(REQUESTS + 20):
                with stopwatch() as seconds:
                    good(client.get("/oauth2/token", params=query))
                    if count >= 20:
                        samples.append(seconds() * 1000)
    return [measured(TITLE, samples, "ms", MILLISECONDS, "client included, HTTPS")]
