"""The stack's configuration: read, checked as a whole, and typed.

All mistakes come in one report, before any resource exists. ``Pulumi.yaml`` describes
the same keys with the same defaults; a test keeps the two in step.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, is_config_secret

from infra import rules
from infra.rules import NotAllowed, Rule
from infra.skus import SKUS, Sku

NAMESPACE = "acr-lab"
MASK = "[secret]"
Value = TypeVar("Value")

REGION = rules.text(
    "[a-z][a-z0-9]*",
    "a region of Azure, such as westeurope",
    lambda given: given.replace(" ", "").lower(),
)
REGISTRY_NAME = rules.text("[a-zA-Z0-9]{5,50}", "5 to 50 letters and digits")
REPOSITORY = rules.text(
    r"(?=.{1,200}$)[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*"
    r"(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*",
    "a repository: lower-case letters and digits, with single separators among . _ - / "
    "inside, and no tag",
)
BASE_IMAGE = rules.text(r"[^\s$]{1,255}", "the name of an image, without blanks")
DNS_LABEL = rules.text(
    r"(?=.{5,63}$)[a-z]([a-z0-9-]*[a-z0-9])?",
    "5 to 63 lower-case letters, digits and hyphens, a letter first, no hyphen last",
)
PATH = rules.text(r"/[!-~]*", 'a path that starts with "/", or "" for no probe')
# Container Instances, "Resource availability and quota limits".
CORES = rules.number("0.01", "31", "0.01")
MEMORY = rules.number("0.1", "240", "0.1")
POLICY = rules.words("Always", "OnFailure", "Never")
REUSE_SCOPE = rules.words(
    "Unsecure", "TenantReuse", "SubscriptionReuse", "ResourceGroupReuse", "Noreuse"
)
#: The Pulumi engine itself stops after a hundred.
RETRIES = rules.integer(0, 100)
VARIABLES = rules.variables()
TAGS = rules.tags(48)
RETRY_SECONDS = rules.number("0.1", "300", "0.1")


@dataclass(frozen=True)
class Probes:
    """Liveness and readiness over HTTP. A path that is None: no such probe."""

    liveness_path: str | None = "/healthz"
    readiness_path: str | None = "/healthz"
    initial_delay_seconds: int = 0
    period_seconds: int = 10
    timeout_seconds: int = 2
    failure_threshold: int = 3


@dataclass(frozen=True)
class Settings:
    """One field per key, in the units of the key: cores, GB, seconds."""

    location: str
    registry_name: str | None = None
    sku: Sku = SKUS["Basic"]
    image_name: str = "acr-lab/web"
    base_image: str | None = None
    cpu: float = 1.0
    memory: float = 1.5
    port: int = 8080
    restart_policy: str = "Always"
    environment: Mapping[str, str] = field(default_factory=dict)
    secure_environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    dns_label: str | None = None
    dns_label_reuse_scope: str = "TenantReuse"
    probes: Probes = Probes()
    role_retries: int = 60
    role_retry_seconds: float = 10.0
    tags: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Settings:
        """Those of the running stack. Raises SettingsInvalid."""
        values, secret = _configured()
        plain = values.get("secureEnvironment", "{}") not in ("", "{}")
        if plain and "secureEnvironment" not in secret:
            pulumi.log.warn(
                f"{NAMESPACE}:secureEnvironment is kept in plain text: set each of its "
                "variables with `pulumi config set --secret --path`"
            )
        region = pulumi.Config("azure-native").get("location")
        return read(values, secret, region)


@dataclass(frozen=True)
class Mistake:
    """A key, its value as it may be shown, and what is allowed."""

    key: str
    value: str
    allowed: str

    def __str__(self) -> str:
        return f"{NAMESPACE}:{self.key} is {self.value}. {self.allowed}"


class SettingsInvalid(pulumi.RunError):
    """The report: a line per mistake."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        lines = "".join(f"\n  {mistake}" for mistake in mistakes)
        super().__init__(
            f"The configuration has {count}; nothing was changed.{lines}\n"
            "Mend each in the stack's file, or with `pulumi config set KEY VALUE`."
        )
        self.mistakes = mistakes


class Reader:
    """Takes one key after the other, and remembers what was wrong."""

    def __init__(self, values: Mapping[str, str], secret: frozenset[str]) -> None:
        self._values = values
        self._secret = secret | {"secureEnvironment"}
        self._known: dict[str, None] = {}
        self.mistakes: list[Mistake] = []

    def has(self, key: str) -> bool:
        self._known[key] = None
        return key in self._values

    def is_set(self, key: str) -> bool:
        """Whether there is more than the empty text that stands for nothing."""
        return bool(self._values.get(key))

    def take(self, key: str, rule: Rule[Value], default: Value) -> Value:
        """The value; the default where there is none, or a wrong one."""
        if not self.has(key):
            return default
        given = self._values[key]
        try:
            return rule.parse(given)
        except NotAllowed as error:
            hint = f" ({error.hint})" if error.hint else ""
            self.refuse(key, f"It must be {rule.allowed}{hint}.")
            return default

    def optional(self, key: str, rule: Rule[str], default: str | None) -> str | None:
        """The same, where an empty text means none."""
        if self.has(key) and self._values[key] == "":
            return None
        return self.take(key, Rule[str | None](rule.allowed, rule.parse), default)

    def refuse(self, key: str, allowed: str) -> None:
        given = self._values.get(key)
        value = "not set" if given is None else self._masked(key, json.dumps(given))
        self.mistakes.append(Mistake(key, value, allowed))

    def finish(self) -> None:
        """Unknown keys are mistakes too. Raises SettingsInvalid if there is any."""
        for key in sorted(set(self._values) - set(self._known)):
            hint = rules.did_you_mean(key, list(self._known))
            said = f"Perhaps {hint}" if hint else f"The keys: {', '.join(self._known)}."
            self.mistakes.append(Mistake(key, "no key of this program", said))
        if self.mistakes:
            raise SettingsInvalid(self.mistakes)

    def _masked(self, key: str, shown: str) -> str:
        return MASK if key in self._secret else shown


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
        registry_name=reader.optional("registryName", REGISTRY_NAME, None),
        sku=reader.take("sku", rules.choice(SKUS), Settings.sku),
        image_name=reader.take("imageName", REPOSITORY, Settings.image_name),
        base_image=reader.optional("baseImage", BASE_IMAGE, None),
        cpu=reader.take("cpu", CORES, Settings.cpu),
        memory=reader.take("memory", MEMORY, Settings.memory),
        port=reader.take("port", rules.integer(1, 65535), Settings.port),
        restart_policy=reader.take("restartPolicy", POLICY, Settings.restart_policy),
        environment=reader.take("environment", VARIABLES, {}),
        secure_environment=reader.take("secureEnvironment", VARIABLES, {}),
        dns_label=reader.optional("dnsLabel", DNS_LABEL, None),
        dns_label_reuse_scope=reader.take(
            "dnsLabelReuseScope", REUSE_SCOPE, Settings.dns_label_reuse_scope
        ),
        probes=_probes(reader),
        role_retries=reader.take("roleRetries", RETRIES, Settings.role_retries),
        role_retry_seconds=reader.take(
            "roleRetrySeconds", RETRY_SECONDS, Settings.role_retry_seconds
        ),
        tags=reader.take("tags", TAGS, {}),
    )
    _check_names(reader, settings)
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


def _probes(reader: Reader) -> Probes:
    return Probes(
        reader.optional("livenessPath", PATH, Probes.liveness_path),
        reader.optional("readinessPath", PATH, Probes.readiness_path),
        reader.take("probeInitialDelaySeconds", rules.integer(0, 3600), 0),
        reader.take("probePeriodSeconds", rules.integer(1, 3600), 10),
        reader.take("probeTimeoutSeconds", rules.integer(1, 3600), 2),
        reader.take("probeFailureThreshold", rules.integer(1, 100), 3),
    )


def _check_names(reader: Reader, settings: Settings) -> None:
    twice = sorted(set(settings.environment) & set(settings.secure_environment))
    if twice:
        names = ", ".join(twice)
        reader.refuse("environment", f"{names} must not be in secureEnvironment too.")


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
