from __future__ import annotations

from collections.abc import Iterator

from ..kinds import CONTAINER_GROUP
from ..rule import ADVISORY, Config, Properties, Rule
from .parts import containers, exposed, name_of

PROBES = {"livenessProbe": "liveness", "readinessProbe": "readiness"}


def check(container: Properties, _: Config) -> Iterator[str]:
    if not exposed(container):
        return
    for key, word in PROBES.items():
        if not container.get(key):
            yield f"The container {name_of(container)} has no {word} probe."


RULE = Rule(
    "container-probes",
    "A container that serves a port has a liveness and a readiness probe.",
    change="Set `liveness_probe` and `readiness_probe`.",
    level=ADVISORY,
    source="https://learn.microsoft.com/azure/container-instances/container-instances-liveness-probe",
).about([CONTAINER_GROUP], check, each=containers)
