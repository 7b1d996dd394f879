"""The keys of the registry."""

from __future__ import annotations

from dataclasses import dataclass

from infra import rules
from infra.settings.reader import Reader
from infra.skus import SKUS, Sku

NAME = rules.text("[a-zA-Z0-9]{5,50}", "5 to 50 letters and digits")


@dataclass(frozen=True)
class RegistrySettings:
    """``name``: None for a made-up one."""

    name: str | None = None
    sku: Sku = SKUS["Basic"]


def read(reader: Reader) -> RegistrySettings:
    return RegistrySettings(
        name=reader.optional("registryName", NAME, None),
        sku=reader.take("sku", rules.choice(SKUS), RegistrySettings.sku),
    )
