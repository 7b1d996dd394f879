"""What goes wrong with a container group that is valid, one class per failure.

Codes: as in ``errors``.
"""

from __future__ import annotations

from embedded.azure.errors import ArmError


class GroupTransitioning(ArmError):
    status = 409
    code = "ContainerGroupTransitioning"

    def __init__(self, group: str) -> None:
        super().__init__(
            f"The container group '{group}' is still transitioning, please retry later."
        )


class GroupDeleted(ArmError):
    status = 409
    code = "ContainerGroupDeleted"

    def __init__(self, group: str) -> None:
        super().__init__(
            f"The deployment of container group '{group}' was given up: the group was"
            " deleted, or the embedded Azure was stopped."
        )


class GroupNotFound(ArmError):
    status = 404
    code = "ResourceNotFound"

    def __init__(self, group: str, resource_group: str) -> None:
        super().__init__(
            f"The Resource 'Microsoft.ContainerInstance/containerGroups/{group}' under"
            f" resource group '{resource_group}' was not found."
        )


class ContainerNotFound(ArmError):
    status = 404
    code = "ContainerNotFound"

    def __init__(self, container: str, group: str) -> None:
        super().__init__(
            f"The container '{container}' was not found in container group '{group}'."
        )


class ContainerNotReady(ArmError):
    status = 409
    code = "ContainerGroupDeploymentNotReady"

    def __init__(self, container: str, group: str) -> None:
        super().__init__(
            f"The container '{container}' of container group '{group}' was not created"
            " yet, so it has no log. Look at the group's provisioningState."
        )


class InaccessibleImage(ArmError):
    code = "InaccessibleImage"

    def __init__(self, image: str, group: str, reason: str) -> None:
        super().__init__(
            f"The image '{image}' in container group '{group}' is not accessible."
            f" Please check the image and registry credential. ({reason})"
        )


class ImageOsTypeNotMatchContainerGroup(ArmError):
    code = "ImageOsTypeNotMatchContainerGroup"

    def __init__(self, image: str, group: str, platforms: str) -> None:
        super().__init__(
            f"The image '{image}' in container group '{group}' doesn't support"
            f" specified OS 'Linux'. It is for {platforms}, and linux/amd64 is what is"
            " run: build it for that platform, and push it again."
        )


class RegistryErrorResponse(ArmError):
    status = 409
    code = "RegistryErrorResponse"

    def __init__(self, registry: str, image: str, reason: str) -> None:
        super().__init__(
            f"An error response is received from the docker registry '{registry}' for"
            f" image '{image}'. Please retry later. ({reason})"
        )


class EngineUnavailable(ArmError):
    status = 409
    code = "ServiceUnavailable"

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(
            f"The Docker Engine at {address} does not answer, and container groups run"
            f" on it. Start it and try again; for another one set DOCKER_HOST, and end"
            f" this local Azure (`python -m embedded azure stop`). ({reason})"
        )


class EngineRefused(ArmError):
    code = "ContainerGroupDeploymentFailed"

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"The Docker Engine could not {what}: {reason}")


class PortInUse(ArmError):
    status = 409
    code = "PortInUse"

    def __init__(self, ports: str, address: str) -> None:
        super().__init__(
            f"Port {ports} is in use on this machine at {address}. End the program that"
            " listens there, or give the container group another port."
        )


class InitContainerFailed(ArmError):
    code = "InitContainerFailed"

    def __init__(self, container: str, group: str, exit_code: int) -> None:
        super().__init__(
            f"The init container '{container}' of container group '{group}' ended with"
            f" exit code {exit_code}, so its containers were not started. Read its log."
        )
