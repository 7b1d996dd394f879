"""Settings of a container group, read as the program reads them."""

from __future__ import annotations

import json
from typing import Any

from infra.settings import SettingsInvalid, read
from infra.settings.instance import InstanceSettings

REGION = "westeurope"
ID = "/subscriptions/s/resourceGroups/g/providers"
SUBNET = f"{ID}/Microsoft.Network/virtualNetworks/v/subnets/s"
IDENTITY = f"{ID}/Microsoft.ManagedIdentity/userAssignedIdentities/i"
GUID = "11111111-2222-3333-4444-555555555555"
ACCOUNT_KEY = "c2VzYW1lLW9mLXRoZS1hY2NvdW50"
CACHE = {"name": "cache", "image": "mcr.microsoft.com/cache/redis:6"}
SHARE = {
    "shareName": "files",
    "storageAccountName": "account1",
    "storageAccountKey": ACCOUNT_KEY,
}
CLONE = {"repository": "https://example.com/a.git"}
WINDOWS = {"osType": "Windows", "platform": "windows/amd64"}
PRIVATE = {"ipAddress": "private", "subnetIds": [SUBNET]}


def settings(**values: Any) -> InstanceSettings:
    texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in values.items()}
    return read(texts, region=REGION).instance


def mistakes(**values: Any) -> dict[str, str]:
    """Path -> what is said of it; empty for a configuration that is taken."""
    try:
        settings(**values)
    except SettingsInvalid as error:
        found, said = error.mistakes, str(error)
    else:
        return {}
    assert "sesame" not in said
    assert ACCOUNT_KEY not in said
    return {one.key: one.allowed for one in found}
