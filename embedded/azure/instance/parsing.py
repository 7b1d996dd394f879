"""The ARM body of a container group -> the values of ``spec``.

Only types and words are looked at here; what makes sense together is for ``rules``.
"""

from __future__ import annotations

import base64
import binascii

from embedded.azure.instance.content import Content
from embedded.azure.instance.errors import InvalidRequestContent, InvalidVolume
from embedded.azure.instance.spec import (
    Address,
    Container,
    Credential,
    EnvironmentVariable,
    Group,
    HttpGet,
    Mount,
    Port,
    Probe,
    Resources,
    Security,
    Volume,
)
from embedded.azure.service import Json

SCOPES = (
    "Unsecure",
    "TenantReuse",
    "SubscriptionReuse",
    "ResourceGroupReuse",
    "Noreuse",
)


def location(text: str) -> str:
    """``West Europe`` -> ``westeurope``, the form in which Azure compares them."""
    return text.replace(" ", "").lower()


def group(name: str, body: Json) -> Group:
    """Raises InvalidRequestContent, InvalidValue or InvalidVolume."""
    root = Content(body)
    properties = root.at("properties")
    return Group(
        name=name,
        location=location(root.at("location").text() or ""),
        os_type=properties.at("osType").text(),
        containers=tuple(
            _container(item) for item in properties.at("containers").items()
        ),
        init_containers=tuple(
            _container(item, init=True)
            for item in properties.at("initContainers").items()
        ),
        restart_policy=properties.at("restartPolicy").word(
            "Always", "OnFailure", "Never", default="Always"
        ),
        credentials=tuple(
            _credential(item)
            for item in properties.at("imageRegistryCredentials").items()
        ),
        volumes=tuple(_volume(item) for item in properties.at("volumes").items()),
        address=_address(properties.at("ipAddress")),
        identities=tuple(root.at("identity").at("userAssignedIdentities").object()),
        system_identity=_system_identity(root.at("identity")),
        priority=properties.at("priority").word("Regular", "Spot", default="Regular"),
        zones=root.at("zones").texts(),
    )


def _system_identity(identity: Content) -> bool:
    words = ("SystemAssigned", "UserAssigned", "SystemAssigned, UserAssigned", "None")
    return identity.at("type").word(*words, default="None").startswith("System")


def _container(item: Content, *, init: bool = False) -> Container:
    properties = item.at("properties")
    return Container(
        name=item.at("name").name(),
        image=properties.at("image").name(),
        command=properties.at("command").texts(),
        ports=_ports(properties.at("ports")),
        environment=tuple(
            _variable(each) for each in properties.at("environmentVariables").items()
        ),
        resources=_resources(properties.at("resources")),
        mounts=tuple(_mount(each) for each in properties.at("volumeMounts").items()),
        liveness=_probe(properties.at("livenessProbe")),
        readiness=_probe(properties.at("readinessProbe")),
        security=_security(properties.at("securityContext")),
        init=init,
    )


def _ports(items: Content) -> tuple[Port, ...]:
    return tuple(_port(item) for item in items.items())


def _port(item: Content) -> Port:
    number = item.at("port").integer()
    if number is None:
        raise InvalidRequestContent(f"{item.path}.port", "a number")
    return Port(number, item.at("protocol").word("TCP", "UDP", default="TCP"))


def _variable(item: Content) -> EnvironmentVariable:
    secure = item.at("secureValue").text()
    plain = item.at("value").text()
    value = secure if secure is not None else plain or ""
    return EnvironmentVariable(item.at("name").name(), value, secure is not None)


def _resources(item: Content) -> Resources:
    requests, limits = item.at("requests"), item.at("limits")
    return Resources(
        requests.at("cpu").number(),
        requests.at("memoryInGB").number(),
        limits.at("cpu").number(),
        limits.at("memoryInGB").number(),
    )


def _mount(item: Content) -> Mount:
    path = item.at("mountPath").name()
    return Mount(item.at("name").name(), path, item.at("readOnly").flag())


def _probe(item: Content) -> Probe | None:
    if not item:
        return None
    return Probe(
        http=_http_get(item.at("httpGet")),
        command=item.at("exec").at("command").texts(),
        delay=_count(item.at("initialDelaySeconds"), 0),
        period=_count(item.at("periodSeconds"), 10),
        failures=_count(item.at("failureThreshold"), 3),
        successes=_count(item.at("successThreshold"), 1),
        timeout=_count(item.at("timeoutSeconds"), 1),
    )


def _count(item: Content, default: int) -> int:
    given = item.integer()
    return default if given is None else given


def _http_get(item: Content) -> HttpGet | None:
    if not item:
        return None
    return HttpGet(
        port=_port(item).number,
        path=item.at("path").text() or "/",
        scheme=item.at("scheme").word("http", "https", default="http"),
        headers=_headers(item.at("httpHeaders")),
    )


def _headers(items: Content) -> tuple[tuple[str, str], ...]:
    return tuple(
        (each.at("name").name(), each.at("value").text() or "")
        for each in items.items()
    )


def _security(item: Content) -> Security:
    escalation = item.at("allowPrivilegeEscalation")
    return Security(
        user=item.at("runAsUser").integer(),
        group=item.at("runAsGroup").integer(),
        privileged=item.at("privileged").flag(),
        escalation=escalation.flag() if escalation else True,
        add=item.at("capabilities").at("add").texts(),
        drop=item.at("capabilities").at("drop").texts(),
    )


def _credential(item: Content) -> Credential:
    return Credential(
        server=item.at("server").name(),
        username=item.at("username").text(),
        password=item.at("password").text(),
        identity=item.at("identity").text(),
    )


def _volume(item: Content) -> Volume:
    name = item.at("name").name()
    empty, secret = item.at("emptyDir"), item.at("secret")
    if bool(empty) == bool(secret):
        raise InvalidVolume(name, "give it exactly one kind, emptyDir or secret")
    if not secret:
        return Volume(name)
    names = sorted(secret.object())
    return Volume(name, tuple((file, _file(secret.at(file), name)) for file in names))


def _file(item: Content, volume: str) -> bytes:
    try:
        return base64.b64decode(item.text() or "", validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidVolume(volume, f"'{item.path}' is not base64") from error


def _address(item: Content) -> Address | None:
    if not item:
        return None
    scope = item.at("autoGeneratedDomainNameLabelScope")
    return Address(
        ports=_ports(item.at("ports")),
        label=item.at("dnsNameLabel").text(),
        scope=scope.word(*SCOPES, default="Unsecure"),
    )
