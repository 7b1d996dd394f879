"""The stack's configuration: read, checked as a whole, and typed.

All mistakes come in one report, before any resource exists. ``Pulumi.yaml`` describes
the same keys with the same defaults; a test keeps the two in step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, is_config_secret

from infra import rules
from infra.rules import NotAllowed
from infra.settings import access, contradictions, image, instance, registry
from infra.settings.access import AccessSettings
from infra.settings.image import ImageSettings
from infra.settings.instance import InstanceSettings
from infra.settings.reader import (
    KEPT_KEYS,
    NAMESPACE,
    Reader,
    SettingsInvalid,
)
from infra.settings.registry import RegistrySettings
from infra.settings.secrecy import plain_secrets

__all__ = ["Settings", "SettingsInvalid", "read"]

REGION = rules.text(
    "[a-z][a-z0-9]*",
    "a region of Azure, such as westeurope",
    lambda given: given.replace(" ", "").lower(),
)
TAGS = rules.tags(48)


@dataclass(frozen=True)
class Settings:
    """The whole configuration; a part for each component."""

    location: str
    tags: Mapping[str, str] = field(default_factory=dict)
    registry: RegistrySettings = field(default_factory=RegistrySettings)
    image: ImageSettings = field(default_factory=ImageSettings)
    instance: InstanceSettings = field(default_factory=InstanceSettings)
    access: AccessSettings = field(default_factory=AccessSettings)

    @classmethod
    def load(cls) -> Settings:
        """Those of the running stack. Raises SettingsInvalid."""
        values, secret = _configured()
        for key in plain_secrets(values, secret):
            pulumi.log.warn(
                f"{NAMESPACE}:{key} is kept in plain text: set what is secret in it "
                "with `pulumi config set --secret --path`"
            )
        for key in shown_secrets(secret):
            pulumi.log.warn(
                f"{NAMESPACE}:{key} is encrypted in the stack's file and in plain in "
                "the state, and Azure shows it. Secrets belong in secureEnvironment"
            )
        region = pulumi.Config("azure-native").get("location")
        return read(values, secret, region)


def shown_secrets(secret: frozenset[str]) -> list[str]:
    """Keys that are encrypted in the stack's file, and that the program shows."""
    return sorted(secret - KEPT_KEYS)


def read(
    values: Mapping[str, str],
    secret: frozenset[str] = frozenset(),
    region: str | None = None,
) -> Settings:
    """Settings of the keys below the namespace. Raises SettingsInvalid.

    ``secret`` are keys whose values are not shown; ``region`` stands in for a missing
    ``location`` (it is ``azure-native:location``).
    """
    reader = Reader(values, secret)
    settings = Settings(
        location=_location(reader, region),
        tags=reader.take("tags", TAGS, {}),
        registry=registry.read(reader),
        image=image.read(reader),
        instance=instance.read(reader),
        access=access.read(reader),
    )
    contradictions.check(reader, settings)
    reader.finish()
    return settings


def _location(reader: Reader, region: str | None) -> str:
    if reader.has("location") and reader.is_set("location"):
        return reader.take("location", REGION, "")
    try:
        return REGION.parse(region or "")
    except NotAllowed:
        given = f" (that is {region!r})" if region else ""
        allowed = f"It must be {REGION.allowed}; azure-native:location does too{given}."
        reader.refuse("location", allowed)
        return ""


def _configured() -> tuple[dict[str, str], frozenset[str]]:
    """All keys below the namespace, and which of them are secret."""
    prefix = f"{NAMESPACE}:"
    known = {**get_config_env(), **CONFIG.get()}
    values = {
        key.removeprefix(prefix): str(value)
        for key, value in known.items()
        if key.startswith(prefix)
    }
    return values, frozenset(k for k in values if is_config_secret(f"{prefix}{k}"))
