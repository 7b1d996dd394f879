"""The key ``geoReplications``: the registry in other regions too."""

from __future__ import annotations

from dataclasses import dataclass

from infra import rules
from infra.settings import structure
from infra.settings.reader import Reader
from infra.settings.structure import Entry

REGION = rules.text(
    "[a-z][a-z0-9]{4,49}",
    "a region of Azure, such as northeurope",
    lambda given: given.replace(" ", "").lower(),
)


@dataclass(frozen=True)
class Replication:
    """``routed``: whether clients are sent to it while it is near."""

    location: str
    routed: bool = True
    zone_redundancy: bool = False


def read(reader: Reader) -> tuple[Replication, ...]:
    found = structure.rows(reader, "geoReplications", _replication)
    structure.refuse_twins(reader, "geoReplications", [one.location for one in found])
    return found


def _replication(entry: Entry) -> Replication:
    return Replication(
        location=entry.need("location", REGION, ""),
        routed=entry.take("regionEndpoint", rules.boolean(), True),
        zone_redundancy=entry.take("zoneRedundancy", rules.boolean(), False),
    )
