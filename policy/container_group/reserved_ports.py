from __future__ import annotations

from collections.abc import Iterator

from ..kinds import CONTAINER_GROUP
from ..rule import ADVISORY, Config, Properties, Rule
from .parts import containers, exposed

#: First and last of each row, as the service's FAQ of November 2025 lists them.
RESERVED = (
    (22, 22),
    (1025, 1027),
    (3389, 3399),
    (9999, 9999),
    (19000, 19000),
    (19080, 19080),
    (19100, 19100),
    (19390, 19390),
    (20000, 30000),
    (49152, 65534),
)


def check(group: Properties, _: Config) -> Iterator[str]:
    for port in sorted({port for one in containers(group) for port in exposed(one)}):
        if any(first <= port <= last for first, last in RESERVED):
            yield f"Port {port} is one that Container Instances need themselves."


RULE = Rule(
    "container-group-ports-not-reserved",
    "A container listens on no port that the service reserves for itself.",
    change="Let the app listen on another port, such as 8080.",
    level=ADVISORY,
    source="https://learn.microsoft.com/azure/container-instances/container-instances-faq",
).about([CONTAINER_GROUP], check)
