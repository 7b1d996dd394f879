"""The container group: pulls the image with an identity and runs it."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_azure_native import containerinstance, resources

from infra import retries
from infra.access import PullAccess
from infra.image import AppImage
from infra.settings import Settings
from infra.settings.instance import InstanceSettings

#: What Azure refuses to change in a running group: it is deleted and created anew.
#: https://learn.microsoft.com/azure/container-instances/container-instances-update
FIXED = (
    "containers[*].ports",
    "containers[*].resources",
    "ipAddress",
    "osType",
    "restartPolicy",
)


class ContainerInstance(pulumi.ComponentResource):
    """One group with one container. Image and environment change in place."""

    def __init__(
        self,
        name: str,
        group: resources.ResourceGroup,
        login_server: pulumi.Output[str],
        image: AppImage,
        access: PullAccess,
        settings: Settings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("acr-lab:index:ContainerInstance", name, None, opts)
        hook = retries.on_pull_failure(
            f"{name}-pull",
            settings.access.role_retries,
            settings.access.role_retry_seconds,
        )
        instance = containerinstance.ContainerGroup(
            "acr-lab",
            containers=[
                _container(
                    image,
                    {
                        "APP_IMAGE": image.name,
                        "APP_DIGEST": image.digest,
                        "APP_REGISTRY": login_server,
                        "APP_REGION": group.location,
                    },
                    settings.instance,
                )
            ],
            identity=access.identity,
            image_registry_credentials=[access.credential],
            ip_address=_address(settings.instance),
            location=settings.location,
            os_type=containerinstance.OperatingSystemTypes.LINUX,
            resource_group_name=group.name,
            restart_policy=settings.instance.restart_policy,
            tags=settings.tags,
            opts=pulumi.ResourceOptions(
                delete_before_replace=True,
                depends_on=access.ready,
                hooks=pulumi.ResourceHookBinding(on_error=[hook]),
                parent=self,
                replace_on_changes=list(FIXED),
            ),
        )
        self.name = instance.name
        self.ip_address = instance.ip_address.apply(lambda one: one.ip if one else "")
        self.fqdn = instance.ip_address.apply(
            lambda one: (one.fqdn if one else None) or ""
        )
        self.url = pulumi.Output.all(self.fqdn, self.ip_address).apply(
            lambda both: url_of(both[0] or both[1], settings.instance.port)
        )
        self.register_outputs({"url": self.url})


def _container(
    image: AppImage,
    about: Mapping[str, pulumi.Input[str]],
    settings: InstanceSettings,
) -> containerinstance.ContainerArgs:
    variable = containerinstance.EnvironmentVariableArgs
    plain = {
        "PORT": str(settings.port),
        **about,
        **settings.environment,
    }
    return containerinstance.ContainerArgs(
        name="web",
        environment_variables=[
            *(variable(name=key, value=value) for key, value in plain.items()),
            *(
                variable(name=key, secure_value=pulumi.Output.secret(value))
                for key, value in settings.secure_environment.items()
            ),
        ],
        image=image.reference,
        liveness_probe=_probe(settings.probes.liveness_path, settings),
        ports=[containerinstance.ContainerPortArgs(port=settings.port)],
        readiness_probe=_probe(settings.probes.readiness_path, settings),
        resources=containerinstance.ResourceRequirementsArgs(
            requests=containerinstance.ResourceRequestsArgs(
                cpu=settings.cpu, memory_in_gb=settings.memory
            )
        ),
    )


def _probe(
    path: str | None, settings: InstanceSettings
) -> containerinstance.ContainerProbeArgs | None:
    if path is None:
        return None
    return containerinstance.ContainerProbeArgs(
        http_get=containerinstance.ContainerHttpGetArgs(
            path=path, port=settings.port, scheme=containerinstance.Scheme.HTTP
        ),
        failure_threshold=settings.probes.failure_threshold,
        initial_delay_seconds=settings.probes.initial_delay_seconds,
        period_seconds=settings.probes.period_seconds,
        timeout_seconds=settings.probes.timeout_seconds,
    )


def _address(settings: InstanceSettings) -> containerinstance.IpAddressArgs:
    label = settings.dns_label
    return containerinstance.IpAddressArgs(
        auto_generated_domain_name_label_scope=settings.dns_label_reuse_scope
        if label
        else None,
        dns_name_label=label,
        ports=[containerinstance.PortArgs(port=settings.port, protocol="TCP")],
        type=containerinstance.ContainerGroupIpAddressType.PUBLIC,
    )


def url_of(host: str, port: int) -> str:
    """``http://host``, with the port where it is not the usual one."""
    return f"http://{host}" if port == 80 else f"http://{host}:{port}"
