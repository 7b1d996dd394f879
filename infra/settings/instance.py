"""The keys of the container group, put together of its parts."""

from __future__ import annotations

from dataclasses import dataclass, field

from infra import rules
from infra.settings import containers, log_analytics, network, placement, volumes
from infra.settings.containers import Container, InitContainer
from infra.settings.log_analytics import LogAnalytics
from infra.settings.network import GroupNetwork
from infra.settings.placement import Placement
from infra.settings.reader import Reader
from infra.settings.volumes import Volume

POLICY = rules.words("Always", "OnFailure", "Never")
IDENTITY = rules.text(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers"
    r"/Microsoft\.ManagedIdentity/userAssignedIdentities/[^/]+",
    "the resource id of a user-assigned identity",
)


@dataclass(frozen=True)
class InstanceSettings:
    """``identities`` are those that the containers use, beside the one that pulls."""

    app: Container = containers.DEFAULT
    sidecars: tuple[Container, ...] = ()
    init_containers: tuple[InitContainer, ...] = ()
    volumes: tuple[Volume, ...] = ()
    restart_policy: str = "Always"
    network: GroupNetwork = field(default_factory=GroupNetwork)
    placement: Placement = field(default_factory=Placement)
    log_analytics: LogAnalytics | None = None
    identities: tuple[str, ...] = ()
    system_identity: bool = False

    @property
    def containers(self) -> tuple[Container, ...]:
        """All that run side by side, the app's first."""
        return (self.app, *self.sidecars)


def read(reader: Reader) -> InstanceSettings:
    return InstanceSettings(
        app=containers.app(reader),
        sidecars=containers.sidecars(reader),
        init_containers=containers.init_containers(reader),
        volumes=volumes.read(reader),
        restart_policy=reader.take("restartPolicy", POLICY, "Always"),
        network=network.read(reader),
        placement=placement.read(reader),
        log_analytics=log_analytics.read(reader),
        identities=reader.take("identities", rules.texts(IDENTITY, 20), ()),
        system_identity=reader.take("systemIdentity", rules.boolean(), False),
    )
