"""What real Container Instances has and this one does not: refused by name.

Nothing that a client asks for is dropped in silence. To support one, take its row out.
"""

from __future__ import annotations

from embedded.azure.instance.content import Content
from embedded.azure.instance.errors import FeatureNotSupported
from embedded.azure.service import Json

GROUP = {
    "subnetIds": "there are no virtual networks here",
    "networkProfile": "there are no virtual networks here",
    "dnsConfig": "it needs a virtual network, and there are none here",
    "diagnostics": "there is no Log Analytics here; read the logs with `az container"
    " logs`",
    "encryptionProperties": "there is no Key Vault here",
    "confidentialComputeProperties": "it needs confidential hardware",
    "extensions": "they need a virtual network, and there are none here",
    "containerGroupProfile": "write the properties into the group itself",
    "standbyPoolProfile": "groups always start at once here",
    "identityAcls": "containers get no token endpoint here",
}
VOLUME = {
    "azureFile": "there are no storage accounts here; use emptyDir or secret",
    "gitRepo": "use an init container that clones it",
}
#: az sends a config map without pairs for every container.
CONFIG_MAP = {"keyValuePairs": "use environmentVariables"}
SECURITY = {"seccompProfile": "Docker's own profile applies"}
WORDS = {
    "sku": ("Standard", "use 'Standard'"),
}


def refuse(body: Json) -> None:
    """Raises FeatureNotSupported for the first thing that cannot be done here."""
    properties = Content(body).at("properties")
    _refuse_keys(properties, GROUP)
    _refuse_words(properties)
    _refuse_private(properties.at("ipAddress"))
    for volume in properties.at("volumes").items():
        _refuse_keys(volume, VOLUME)
    for kind in ("containers", "initContainers"):
        for container in properties.at(kind).items():
            _refuse_in_container(container.at("properties"))
    for credential in properties.at("imageRegistryCredentials").items():
        _refuse_keys(credential, {"identityUrl": "use 'identity', a resource id"})


def _refuse_keys(item: Content, table: dict[str, str]) -> None:
    for key, advice in table.items():
        given = item.at(key)
        if given and given.value not in ([], {}, ""):
            raise FeatureNotSupported(given.path, advice)


def _refuse_words(properties: Content) -> None:
    for key, (only, advice) in WORDS.items():
        given = properties.at(key)
        text = given.text()
        if text and text.lower() != only.lower():
            raise FeatureNotSupported(f"{given.path} {text}", advice)


def _refuse_private(address: Content) -> None:
    kind = address.at("type").word("Public", "Private", default="Public")
    if kind == "Private":
        advice = "there are no virtual networks here; use 'Public', which is loopback"
        raise FeatureNotSupported("properties.ipAddress.type Private", advice)


def _refuse_in_container(properties: Content) -> None:
    _refuse_keys(properties.at("configMap"), CONFIG_MAP)
    _refuse_keys(properties.at("securityContext"), SECURITY)
    for kind in ("requests", "limits"):
        gpu = properties.at("resources").at(kind).at("gpu")
        if gpu:
            raise FeatureNotSupported(gpu.path, "containers get no GPU here")
    privileged = properties.at("securityContext").at("privileged")
    if privileged.flag():
        advice = "Azure allows it in confidential groups only"
        raise FeatureNotSupported(privileged.path, advice)
