"""What a container group runs on: system, SKU, priority and zone."""

from __future__ import annotations

from dataclasses import dataclass

from infra import rules
from infra.settings.reader import Reader

OS_TYPE = rules.words("Linux", "Windows")
SKU = rules.words("Standard", "Dedicated", "Confidential")
PRIORITY = rules.words("Regular", "Spot")
ZONE = rules.words("1", "2", "3")
CCE_POLICY = rules.text(
    r"[A-Za-z0-9+/]{4,}={0,2}", "what `az confcom acipolicygen` made, base64"
)


@dataclass(frozen=True)
class Placement:
    """``zone`` None: Azure chooses. ``cce_policy`` is for Confidential alone."""

    os_type: str = "Linux"
    sku: str = "Standard"
    cce_policy: str | None = None
    priority: str = "Regular"
    zone: str | None = None


def read(reader: Reader) -> Placement:
    return Placement(
        os_type=reader.take("osType", OS_TYPE, Placement.os_type),
        sku=reader.take("groupSku", SKU, Placement.sku),
        cce_policy=reader.optional("ccePolicy", CCE_POLICY, None),
        priority=reader.take("priority", PRIORITY, Placement.priority),
        zone=reader.optional("zone", ZONE, None),
    )
