"""Limits of Container Instances as data (documentation, "Resource availability")."""

from __future__ import annotations

from embedded.azure.service import Json

CONTAINERS_PER_GROUP = 60
VOLUMES_PER_GROUP = 20
PORTS_PER_ADDRESS = 5
CPU_PER_GROUP = 31.0
MEMORY_PER_GROUP = 240.0
GROUPS_PER_REGION = 100
CORES_PER_REGION = 100

API_VERSIONS = (
    "2017-08-01-preview",
    "2017-10-01-preview",
    "2017-12-01-preview",
    "2018-02-01-preview",
    "2018-04-01",
    "2018-06-01",
    "2018-09-01",
    "2018-10-01",
    "2019-12-01",
    "2020-11-01",
    "2021-03-01",
    "2021-07-01",
    "2021-09-01",
    "2021-10-01",
    "2022-09-01",
    "2022-10-01-preview",
    "2023-02-01-preview",
    "2023-05-01",
    "2024-05-01-preview",
    "2024-09-01-preview",
    "2024-10-01-preview",
    "2024-11-01-preview",
    "2025-09-01",
    "2026-06-01-preview",
    "2026-07-01",
    "2026-08-01-preview",
)


def usages(subscription: str, location: str, groups: int, cores: float) -> Json:
    """The body of ``locations/{location}/usages``."""
    counts = (
        ("ContainerGroups", "Container Groups", groups, GROUPS_PER_REGION),
        ("StandardCores", "Standard Cores", int(cores), CORES_PER_REGION),
    )
    base = (
        f"/subscriptions/{subscription}/providers/Microsoft.ContainerInstance"
        f"/locations/{location}/usages"
    )
    return {
        "value": [
            {
                "id": f"{base}/{name}",
                "unit": "Count",
                "currentValue": current,
                "limit": limit,
                "name": {"value": name, "localizedValue": words},
            }
            for name, words, current, limit in counts
        ]
    }


def capabilities(location: str) -> Json:
    """The body of ``locations/{location}/capabilities``: Linux and loopback only."""
    return {
        "value": [
            {
                "resourceType": "containerGroups",
                "osType": "Linux",
                "location": location,
                "ipAddressType": "Public",
                "gpu": "None",
                "capabilities": {
                    "maxMemoryInGB": MEMORY_PER_GROUP,
                    "maxCpu": CPU_PER_GROUP,
                    "maxGpuCount": 0,
                },
            }
        ]
    }
