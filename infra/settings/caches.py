"""The key ``cacheRules``: images of other registries, kept in this one.

https://learn.microsoft.com/azure/container-registry/artifact-cache-overview
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from infra import rules
from infra.settings import structure
from infra.settings.reader import Reader
from infra.settings.structure import Entry

NAME = rules.text("[a-zA-Z0-9-]{5,50}", "5 to 50 letters, digits and '-'")
SOURCE = rules.text(
    r"[a-z0-9.-]+(:\d+)?/(\*|[\w./-]+(/\*)?)",
    "HOST/REPOSITORY, such as quay.io/app/web or, for all below it, quay.io/app/*",
)
TARGET = rules.text(
    r"\*|[\w./-]+(/\*)?", "a repository, with a * at its end where the source has one"
)
#: "Supports authenticated pulls only."
DOCKER_HUB = "docker.io/"
MOST = 1000
VAULT_SECRET = rules.text(
    r"https://[a-zA-Z0-9-]+(\.[a-z0-9-]+)+/secrets/[a-zA-Z0-9-]+(/[0-9a-f]+)?",
    "the address of a secret in a Key Vault, https://VAULT.vault.azure.net/secrets/NAME",
)


@dataclass(frozen=True)
class CacheRule:
    """``username_secret`` and ``password_secret``: both in a Key Vault, or None."""

    name: str
    source: str
    target: str
    username_secret: str | None = None
    password_secret: str | None = None


def read(reader: Reader) -> tuple[CacheRule, ...]:
    found = structure.rows(reader, "cacheRules", _rule)
    structure.refuse_twins(reader, "cacheRules", [one.name for one in found])
    if len(found) > MOST:
        reader.refuse("cacheRules", f"There are {len(found)}, and {MOST} may be.")
        return found
    targets = [one.target for one in found if one.target]
    for one, other in combinations(targets, 2):
        if overlap(one, other):
            reader.refuse("cacheRules", f"The targets {one} and {other} overlap.")
    return found


def overlap(one: str, other: str) -> bool:
    """Whether two targets exclude each other: the same, or one wildcard in another.

    https://learn.microsoft.com/azure/container-registry/wildcards-artifact-cache
    """
    wild = one.endswith("*") and other.endswith("*")
    longer, shorter = sorted((one, other), key=len, reverse=True)
    return one == other or (wild and longer.startswith(shorter[:-1]))


def _rule(entry: Entry) -> CacheRule:
    rule = CacheRule(
        name=entry.need("name", NAME, ""),
        source=entry.need("source", SOURCE, ""),
        target=entry.need("target", TARGET, ""),
        username_secret=entry.take("usernameSecretId", VAULT_SECRET, "") or None,
        password_secret=entry.take("passwordSecretId", VAULT_SECRET, "") or None,
    )
    if rule.source.endswith("*") != rule.target.endswith("*"):
        entry.refuse("target", "Source and target both end with a *, or none of them.")
    if rule.source.startswith(DOCKER_HUB) and not entry.has("passwordSecretId"):
        said = "Azure caches images of Docker Hub for those only who sign in there"
        entry.refuse("source", f"{said}: set usernameSecretId and passwordSecretId.")
    if entry.has("usernameSecretId") != entry.has("passwordSecretId"):
        entry.refuse("passwordSecretId", "User name and password go together.")
    return rule
