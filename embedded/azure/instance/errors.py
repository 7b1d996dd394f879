"""What Container Instances refuses to begin with, one class per failure.

Codes are Azure's where a report of them exists (ServiceUnavailable,
InvalidContainerGroupUpdate, FailedIdentityOperation; in ``failures`` also
InaccessibleImage, RegistryErrorResponse, ContainerGroupTransitioning and
ResourceNotFound); the others are named in Azure's manner. Each is one line to change.
"""

from __future__ import annotations

from collections.abc import Sequence

from embedded.azure.errors import ArmError


class InvalidRequestContent(ArmError):
    code = "InvalidRequestContent"

    def __init__(self, path: str, want: str) -> None:
        super().__init__(
            "The request content was invalid and could not be deserialized: "
            f"'{path}' must be {want}.",
            target=path,
        )


class LocationRequired(ArmError):
    code = "LocationRequired"

    def __init__(self, group: str) -> None:
        super().__init__(
            f"The location property is required for container group '{group}'."
        )


class LocationChanged(ArmError):
    status = 409
    code = "InvalidResourceLocation"

    def __init__(self, group: str, old: str, new: str) -> None:
        super().__init__(
            f"The resource '{group}' already exists in location '{old}'. A resource"
            f" with the same name cannot be created in location '{new}'. Please select"
            " a new resource name."
        )


class InvalidName(ArmError):
    code = "InvalidResourceName"

    def __init__(self, kind: str, name: str, rule: str) -> None:
        super().__init__(f"The {kind} name '{name}' is invalid: {rule}.", target=kind)


class MissingContainers(ArmError):
    code = "MissingContainers"

    def __init__(self, group: str) -> None:
        super().__init__(
            f"The container group '{group}' has no container. Give at least one."
        )


class DuplicateName(ArmError):
    code = "DuplicateName"

    def __init__(self, kind: str, name: str, group: str) -> None:
        super().__init__(
            f"The {kind} name '{name}' appears more than once in container group"
            f" '{group}'. Names must be unique.",
            target=kind,
        )


class TooMany(ArmError):
    code = "ContainerGroupLimitExceeded"

    def __init__(self, group: str, what: str, count: int, limit: int) -> None:
        super().__init__(
            f"The container group '{group}' has {count} {what}; the limit is {limit}."
        )


class QuotaReached(ArmError):
    status = 409
    code = "ContainerGroupQuotaReached"

    def __init__(self, what: str, limit: int, location: str) -> None:
        super().__init__(
            f"Resource type '{what}' has reached its quota of {limit} in region"
            f" '{location}'. Delete what is not used."
        )


class ResourceRequestsNotSpecified(ArmError):
    code = "ResourceRequestsNotSpecified"

    def __init__(self, container: str, what: str) -> None:
        super().__init__(
            f"The resource requests of container '{container}' lack '{what}'. Set"
            " resources.requests.cpu and resources.requests.memoryInGB.",
            target=what,
        )


class InvalidResourceRequest(ArmError):
    code = "InvalidResourceRequest"

    def __init__(self, container: str, what: str, value: float, rule: str) -> None:
        super().__init__(
            f"The {what} {value:g} of container '{container}' is invalid: {rule}.",
            target=what,
        )


class CapacityNotAvailable(ArmError):
    status = 409
    code = "ServiceUnavailable"

    def __init__(self, cpu: float, memory: float, location: str) -> None:
        super().__init__(
            f"The requested resource with {cpu:g} CPU and {memory:g} GB memory is not"
            f" available in the location '{location}' at this moment. Please retry with"
            " a different resource request or in another location."
        )


class InvalidPort(ArmError):
    code = "InvalidPort"

    def __init__(self, port: int, where: str) -> None:
        super().__init__(f"The port {port} of {where} is not between 1 and 65535.")


class MissingIpAddressPorts(ArmError):
    code = "MissingIpAddressPorts"

    def __init__(self, group: str) -> None:
        super().__init__(
            f"The ports in the 'ipAddress' of container group '{group}' cannot be"
            " empty."
        )


class PortNotExposed(ArmError):
    code = "PortNotExposed"

    def __init__(self, port: str, group: str) -> None:
        super().__init__(
            f"The port {port} in the 'ipAddress' of container group '{group}' is not"
            " among the ports of any of its containers."
        )


class PortConflict(ArmError):
    code = "PortConflict"

    def __init__(self, port: str, group: str) -> None:
        super().__init__(
            f"The port {port} is used more than once in container group '{group}'. Its"
            " containers share one network, so each needs ports of its own."
        )


class InvalidDnsNameLabel(ArmError):
    code = "InvalidDnsNameLabel"

    def __init__(self, label: str) -> None:
        super().__init__(
            f"The DNS name label '{label}' is invalid: it needs 5 to 63 lower-case"
            " letters, digits and hyphens, a letter first and no hyphen last."
        )


class DnsNameLabelNotAvailable(ArmError):
    code = "DnsNameLabelNotAvailable"

    def __init__(self, label: str, location: str) -> None:
        super().__init__(
            f"The DNS name label '{label}' in region '{location}' is not available."
            " Please try using a different label."
        )


class InvalidValue(ArmError):
    """A word that is none of the API's words for this property."""

    code = "InvalidParameterValue"

    def __init__(self, path: str, value: str, allowed: str) -> None:
        super().__init__(
            f"The value '{value}' of '{path}' is invalid. Allowed: {allowed}.",
            target=path,
        )


class InvalidOsType(ArmError):
    code = "InvalidOsType"

    def __init__(self, group: str, value: str | None) -> None:
        given = "is missing" if value is None else f"'{value}' is unknown"
        super().__init__(
            f"The osType of container group '{group}' {given}. Use 'Linux'.",
            target="osType",
        )


class WindowsNotSupported(ArmError):
    code = "OsVersionNotSupported"

    def __init__(self, group: str) -> None:
        super().__init__(
            f"The osType 'Windows' of container group '{group}' needs a Windows host:"
            " the Docker Engine of the embedded Azure runs Linux containers only. Use"
            " osType 'Linux', or deploy to Azure itself.",
            target="osType",
        )


class SpotWithAddress(ArmError):
    code = "SpotPriorityContainerGroupNotSupportedForInboundConnectivity"

    def __init__(self, group: str) -> None:
        super().__init__(
            f"Spot priority is not supported for container group '{group}': it has an"
            " ipAddress. Take it out.",
            target="priority",
        )


class SpotWithZone(ArmError):
    code = "SpotPriorityContainerGroupNotSupportedWithZones"

    def __init__(self, group: str) -> None:
        super().__init__(
            f"Spot priority is not supported for container group '{group}': it names an"
            " availability zone. Take 'zones' out.",
            target="zones",
        )


class InvalidZones(ArmError):
    code = "InvalidAvailabilityZone"

    def __init__(self, group: str, zones: Sequence[str]) -> None:
        super().__init__(
            f"The zones of container group '{group}' are {', '.join(zones)}. Give one,"
            " of 1, 2 and 3.",
            target="zones",
        )


class InvalidImage(ArmError):
    code = "InvalidImage"

    def __init__(self, image: str, container: str) -> None:
        super().__init__(
            f"The image '{image}' of container '{container}' is not an image name:"
            " [host[:port]/]name[:tag][@digest], name in lower case.",
            target="image",
        )


class InvalidCredential(ArmError):
    code = "InvalidImageRegistryCredential"

    def __init__(self, server: str, rule: str) -> None:
        super().__init__(
            f"The image registry credential for server '{server}' is invalid: {rule}.",
            target="imageRegistryCredentials",
        )


class InvalidEnvironmentVariable(ArmError):
    code = "InvalidEnvironmentVariable"

    def __init__(self, name: str, container: str, rule: str) -> None:
        super().__init__(
            f"The environment variable '{name}' of container '{container}' is invalid:"
            f" {rule}."
        )


class InvalidVolume(ArmError):
    code = "InvalidVolume"

    def __init__(self, name: str, rule: str) -> None:
        super().__init__(f"The volume '{name}' is invalid: {rule}.", target="volumes")


class InvalidProbe(ArmError):
    code = "InvalidProbe"

    def __init__(self, kind: str, container: str, rule: str) -> None:
        super().__init__(
            f"The {kind} of container '{container}' is invalid: {rule}.", target=kind
        )


class UnknownIdentity(ArmError):
    code = "FailedIdentityOperation"

    def __init__(self, identity: str, group: str) -> None:
        super().__init__(
            f"Identity operation for container group '{group}' failed: the"
            f" user-assigned identity '{identity}' was not found. Create it first."
        )


class FeatureNotSupported(ArmError):
    """Azure has it; the embedded Azure says so, and does not act as if it did it."""

    code = "FeatureNotSupported"

    def __init__(self, feature: str, advice: str) -> None:
        super().__init__(
            f"The embedded Azure does not offer '{feature}': {advice}.", target=feature
        )


class InvalidContainerGroupUpdate(ArmError):
    code = "InvalidContainerGroupUpdate"

    def __init__(self, group: str, what: str, old: object, new: object) -> None:
        super().__init__(
            f"The updates on container group '{group}' are invalid. If you are going to"
            " update the os type, restart policy, network profile, CPU, memory or GPU"
            " resources for a container group, you must delete it first and then create"
            f" a new one. Changed: {what}, from '{old}' to '{new}'.",
            target=what,
        )
