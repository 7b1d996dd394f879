"""Probes of a container, as Azure Container Instances takes them."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import containerinstance

from infra.settings.containers import Container
from infra.settings.probes import Probe


def of(
    probe: Probe | None, container: Container
) -> containerinstance.ContainerProbeArgs | None:
    """One probe; over HTTP it asks the container's first port unless it names one."""
    if probe is None:
        return None
    return containerinstance.ContainerProbeArgs(
        exec_=containerinstance.ContainerExecArgs(command=list(probe.command))
        if probe.command
        else None,
        failure_threshold=probe.failures,
        http_get=_http_get(probe, container) if probe.path else None,
        initial_delay_seconds=probe.delay,
        period_seconds=probe.period,
        # One success is the default.
        success_threshold=probe.successes if probe.successes > 1 else None,
        timeout_seconds=probe.timeout,
    )


def _http_get(
    probe: Probe, container: Container
) -> containerinstance.ContainerHttpGetArgs:
    headers = [
        # It may be an Authorization: kept as a secret of the state.
        containerinstance.HttpHeaderArgs(name=name, value=pulumi.Output.secret(value))
        for name, value in probe.headers.items()
    ]
    return containerinstance.ContainerHttpGetArgs(
        http_headers=headers or None,
        path=probe.path,
        port=probe.port or container.ports[0].number,
        scheme=probe.scheme,
    )
