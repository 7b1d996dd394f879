"""The key ``pullers``: systems of one's own that pull from the registry too."""

from __future__ import annotations

from dataclasses import dataclass

from infra import rules
from infra.settings import structure
from infra.settings.reader import Reader
from infra.settings.registry import GUID
from infra.settings.structure import Entry

NAME = rules.text("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", "1 to 40 of a-z, 0-9 and '-'")
SYSTEMS = rules.words(
    "aks", "appService", "batch", "serviceFabric", "containerApps", "other"
)
KINDS = rules.words("ServicePrincipal", "User", "Group")


@dataclass(frozen=True)
class Puller:
    """``principal`` is an object id; ``kind`` what it is in Entra."""

    name: str
    principal: str
    system: str = "other"
    kind: str = "ServicePrincipal"


def read(reader: Reader) -> tuple[Puller, ...]:
    found = structure.rows(reader, "pullers", _puller)
    structure.refuse_twins(reader, "pullers", [one.name for one in found])
    structure.refuse_twins(reader, "pullers", [one.principal for one in found])
    return found


def _puller(entry: Entry) -> Puller:
    puller = Puller(
        name=entry.need("name", NAME, ""),
        principal=entry.need("principalId", GUID, ""),
        system=entry.take("system", SYSTEMS, "other"),
        kind=entry.take("principalType", KINDS, "ServicePrincipal"),
    )
    if puller.system != "other" and puller.kind != "ServicePrincipal":
        entry.refuse(
            "principalType",
            f"What pulls for {puller.system} is an identity, a ServicePrincipal.",
        )
    return puller
