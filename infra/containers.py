"""The containers of the group: the app's own, its sidecars, and those before them."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_azure_native import containerinstance

from infra import probes, volumes
from infra.settings.containers import Container, InitContainer, Port

Image = pulumi.Input[str]


def of(
    container: Container,
    own_image: Image,
    more: Mapping[str, pulumi.Input[str]],
    *,
    served: bool,
) -> containerinstance.ContainerArgs:
    """One container. ``more`` are variables before its own; ``served``: whether the
    group has an address, without which no container has a port either.
    """
    ports = [_port(one) for one in container.ports] if served else None
    return containerinstance.ContainerArgs(
        name=container.name,
        command=list(container.command) or None,
        environment_variables=_variables(
            {**more, **container.environment}, container.secure_environment
        ),
        image=container.image or own_image,
        liveness_probe=probes.of(container.liveness, container),
        ports=ports or None,
        readiness_probe=probes.of(container.readiness, container),
        resources=_resources(container),
        volume_mounts=volumes.mounts(container.mounts),
    )


def before(
    container: InitContainer, own_image: Image
) -> containerinstance.InitContainerDefinitionArgs:
    """One init container."""
    return containerinstance.InitContainerDefinitionArgs(
        name=container.name,
        command=list(container.command) or None,
        environment_variables=_variables(
            container.environment, container.secure_environment
        ),
        image=container.image or own_image,
        volume_mounts=volumes.mounts(container.mounts),
    )


def _variables(
    plain: Mapping[str, pulumi.Input[str]], secure: Mapping[str, str]
) -> list[containerinstance.EnvironmentVariableArgs] | None:
    variable = containerinstance.EnvironmentVariableArgs
    found = [
        *(variable(name=key, value=value) for key, value in plain.items()),
        *(
            variable(name=key, secure_value=pulumi.Output.secret(value))
            for key, value in secure.items()
        ),
    ]
    return found or None


def _port(port: Port) -> containerinstance.ContainerPortArgs:
    # TCP is the default.
    protocol = None if port.protocol == "TCP" else port.protocol
    return containerinstance.ContainerPortArgs(port=port.number, protocol=protocol)


def _resources(container: Container) -> containerinstance.ResourceRequirementsArgs:
    limits = containerinstance.ResourceLimitsArgs(
        cpu=container.cpu_limit, memory_in_gb=container.memory_limit
    )
    limited = container.cpu_limit or container.memory_limit
    return containerinstance.ResourceRequirementsArgs(
        limits=limits if limited else None,
        requests=containerinstance.ResourceRequestsArgs(
            cpu=container.cpu, memory_in_gb=container.memory
        ),
    )
