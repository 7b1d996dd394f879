"""The keys of the container group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra import rules
from infra.settings.reader import Reader

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
VARIABLES = rules.variables()


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
class InstanceSettings:
    """In the units of the keys: cores, GB."""

    cpu: float = 1.0
    memory: float = 1.5
    port: int = 8080
    restart_policy: str = "Always"
    environment: Mapping[str, str] = field(default_factory=dict)
    secure_environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    dns_label: str | None = None
    dns_label_reuse_scope: str = "TenantReuse"
    probes: Probes = Probes()


def read(reader: Reader) -> InstanceSettings:
    default = InstanceSettings
    settings = InstanceSettings(
        cpu=reader.take("cpu", CORES, default.cpu),
        memory=reader.take("memory", MEMORY, default.memory),
        port=reader.take("port", rules.integer(1, 65535), default.port),
        restart_policy=reader.take("restartPolicy", POLICY, default.restart_policy),
        environment=reader.take("environment", VARIABLES, {}),
        secure_environment=reader.take("secureEnvironment", VARIABLES, {}),
        dns_label=reader.optional("dnsLabel", DNS_LABEL, None),
        dns_label_reuse_scope=reader.take(
            "dnsLabelReuseScope", REUSE_SCOPE, default.dns_label_reuse_scope
        ),
        probes=_probes(reader),
    )
    _check_names(reader, settings)
    return settings


def _probes(reader: Reader) -> Probes:
    return Probes(
        reader.optional("livenessPath", PATH, Probes.liveness_path),
        reader.optional("readinessPath", PATH, Probes.readiness_path),
        reader.take("probeInitialDelaySeconds", rules.integer(0, 3600), 0),
        reader.take("probePeriodSeconds", rules.integer(1, 3600), 10),
        reader.take("probeTimeoutSeconds", rules.integer(1, 3600), 2),
        reader.take("probeFailureThreshold", rules.integer(1, 100), 3),
    )


def _check_names(reader: Reader, settings: InstanceSettings) -> None:
    twice = sorted(set(settings.environment) & set(settings.secure_environment))
    if twice:
        names = ", ".join(twice)
        reader.refuse("environment", f"{names} must not be in secureEnvironment too.")
