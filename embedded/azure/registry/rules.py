"""What a registry's body may say, and what Azure fills in. Sans-I/O.

Names, defaults and tiers: Azure's documentation of Microsoft.ContainerRegistry and
https://learn.microsoft.com/azure/container-registry/container-registry-skus
"""

from __future__ import annotations

import copy
import ipaddress
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from embedded.azure.registry.errors import (
    AnonymousPullRefused,
    ExportNeedsPrivate,
    FeatureNotSupported,
    InvalidProperty,
    InvalidRegistryName,
    InvalidSku,
    LocationRequired,
    PoliciesExclude,
    PublicAccessFixed,
    SkuNotSupported,
)
from embedded.azure.service import Json

TYPE = "Microsoft.ContainerRegistry/registries"
TIERS = ("Basic", "Standard", "Premium")
_NAME = re.compile(r"[A-Za-z0-9]{5,50}")
#: Included storage in bytes per tier.
STORAGE = {"Basic": 10 << 30, "Standard": 100 << 30, "Premium": 500 << 30}

DEFAULTS: Json = {
    "adminUserEnabled": False,
    "anonymousPullEnabled": False,
    "dataEndpointEnabled": False,
    "dataEndpointHostNames": [],
    "encryption": {"status": "disabled"},
    "networkRuleBypassOptions": "AzureServices",
    "networkRuleBypassAllowedForTasks": False,
    "publicNetworkAccess": "Enabled",
    "roleAssignmentMode": "LegacyRegistryPermissions",
    "zoneRedundancy": "Disabled",
    "privateEndpointConnections": [],
    "policies": {
        "quarantinePolicy": {"status": "disabled"},
        "trustPolicy": {"type": "Notary", "status": "disabled"},
        "retentionPolicy": {"days": 7, "status": "disabled"},
        "exportPolicy": {"status": "enabled"},
        "azureADAuthenticationAsArmPolicy": {"status": "enabled"},
        "softDeletePolicy": {"retentionDays": 7, "status": "disabled"},
    },
}
SWITCHES = ("enabled", "disabled")
#: Property path -> the values it may have.
CHOICES: Mapping[str, tuple[object, ...]] = {
    "adminUserEnabled": (True, False),
    "anonymousPullEnabled": (True, False),
    "dataEndpointEnabled": (True, False),
    "networkRuleBypassOptions": ("AzureServices", "None"),
    "publicNetworkAccess": ("Enabled", "Disabled"),
    "roleAssignmentMode": ("LegacyRegistryPermissions", "AbacRepositoryPermissions"),
    "zoneRedundancy": ("Enabled", "Disabled"),
    "networkRuleSet.defaultAction": ("Allow", "Deny"),
    "encryption.status": SWITCHES,
    "policies.quarantinePolicy.status": SWITCHES,
    "policies.trustPolicy.status": SWITCHES,
    "policies.retentionPolicy.status": SWITCHES,
    "policies.exportPolicy.status": SWITCHES,
    "policies.azureADAuthenticationAsArmPolicy.status": SWITCHES,
    "policies.softDeletePolicy.status": SWITCHES,
}
#: Property path, the value that makes it a Premium feature, its name.
PREMIUM = (
    ("dataEndpointEnabled", True, "A dedicated data endpoint"),
    ("encryption.status", "enabled", "Encryption with a customer-managed key"),
    ("networkRuleSet.defaultAction", "Deny", "A network rule set"),
    ("policies.quarantinePolicy.status", "enabled", "Quarantine"),
    ("policies.trustPolicy.status", "enabled", "Content trust"),
    ("policies.retentionPolicy.status", "enabled", "Retention of untagged manifests"),
    ("policies.exportPolicy.status", "disabled", "Turning export off"),
)
READ_ONLY = (
    "loginServer",
    "creationDate",
    "provisioningState",
    "status",
    "dataEndpointHostNames",
    "privateEndpointConnections",
)


def check_name(name: str) -> None:
    if _NAME.fullmatch(name) is None:
        raise InvalidRegistryName(name)


def check_sku(sku: Any) -> str:
    """The tier in Azure's own spelling. Classic is retired."""
    name = sku.get("name") if isinstance(sku, Mapping) else None
    for tier in TIERS:
        if isinstance(name, str) and name.lower() == tier.lower():
            return tier
    raise InvalidSku(name)


def check_location(location: Any) -> str:
    if not location or not isinstance(location, str):
        raise LocationRequired
    return location.lower().replace(" ", "")


def properties(asked: Any, before: Mapping[str, Any] | None) -> Json:
    """What is asked for over what was before, over Azure's defaults."""
    if asked is not None and not isinstance(asked, Mapping):
        raise InvalidProperty("properties", asked, "an object")
    wanted = {k: v for k, v in (asked or {}).items() if k not in READ_ONLY}
    return merge(copy.deepcopy(dict(before or DEFAULTS)), wanted)


def merge(base: Json, over: Mapping[str, Any]) -> Json:
    """The base with the other's values; objects are merged, None is left out."""
    for key, value in over.items():
        if isinstance(value, Mapping) and isinstance(base.get(key), Mapping):
            base[key] = merge(dict(base[key]), value)
        elif value is not None:
            base[key] = value
    return base


def check(values: Json, tier: str) -> None:
    """Raise for a value that no registry has, or that this tier does not have."""
    for path, allowed in CHOICES.items():
        _check_objects(values, path)
        value = at(values, path)
        # 1 equals True, and is no boolean.
        same = [a for a in allowed if type(a) is type(value) and a == value]
        if value is not None and not same:
            raise InvalidProperty(path, value, " or ".join(map(repr, allowed)))
    for path, trigger, feature in PREMIUM:
        if tier != "Premium" and at(values, path) == trigger:
            raise SkuNotSupported(feature, tier, "Premium")
    check_together(values)
    if tier != "Premium" and values["publicNetworkAccess"] == "Disabled":
        raise PublicAccessFixed("Disabling public network access", tier, "Premium")
    if tier == "Basic" and values["anonymousPullEnabled"]:
        raise AnonymousPullRefused("Anonymous pull", tier, "Standard or Premium")


def check_together(values: Json) -> None:
    """What excludes each other, and what is not there on this machine."""
    if at(values, "encryption.status") == "enabled":
        raise FeatureNotSupported(
            "encryption", "there is no Key Vault in the embedded Azure"
        )
    policies = values["policies"]
    if _on(policies, "softDeletePolicy") and _on(policies, "retentionPolicy"):
        raise PoliciesExclude("softDeletePolicy", "retentionPolicy")
    closed = values["publicNetworkAccess"] == "Disabled"
    if not _on(policies, "exportPolicy") and not closed:
        raise ExportNeedsPrivate
    _check_days(policies, "retentionPolicy", "days", 365)
    _check_days(policies, "softDeletePolicy", "retentionDays", 90)
    rules = at(values, "networkRuleSet.ipRules")
    if rules is not None and not isinstance(rules, list):
        raise InvalidProperty("networkRuleSet.ipRules", rules, "a list")
    for rule in rules or ():
        _check_address(rule)


def _on(policies: Json, name: str) -> bool:
    return bool(policies[name]["status"] == "enabled")


def _check_days(policies: Json, name: str, key: str, most: int) -> None:
    days = policies[name].get(key)
    if type(days) is not int or not 0 <= days <= most:
        path = f"policies.{name}.{key}"
        raise InvalidProperty(path, days, f"a whole number from 0 to {most}")


def _check_address(rule: Any) -> None:
    value = rule.get("value") if isinstance(rule, Mapping) else None
    try:
        if not isinstance(value, str):
            raise TypeError
        ipaddress.IPv4Network(value)
    except (ValueError, TypeError) as error:
        path = "networkRuleSet.ipRules"
        raise InvalidProperty(path, value, "an IPv4 address or range") from error


def _check_objects(values: Json, path: str) -> None:
    """What a path leads through has to be an object, or not there."""
    names = path.split(".")
    for end in range(1, len(names)):
        outer = ".".join(names[:end])
        value = at(values, outer)
        if value is not None and not isinstance(value, Mapping):
            raise InvalidProperty(outer, value, "an object")


def at(values: Mapping[str, Any], path: str) -> Any:
    found: Any = values
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
