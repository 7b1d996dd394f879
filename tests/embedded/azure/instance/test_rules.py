"""What a PUT refuses, by the code that the client gets. No Docker Engine is needed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded.azure.errors import ArmError
from embedded.azure.instance import parsing, rules, unsupported
from embedded.azure.service import Json
from tests.embedded.azure.instance.portal import IDENTITY, container, group

IMAGE = "lab.azurecr.io/app:1"


def refusal(body: Json, name: str = "web") -> str | None:
    """The code of the refusal; None if the body is accepted."""
    try:
        unsupported.refuse(body)
        rules.check(parsing.group(name, body))
    except ArmError as error:
        return error.code
    return None


def resources(cpu: object, memory: object) -> Json:
    return {"requests": {"cpu": cpu, "memoryInGB": memory}}


def one(**properties: Any) -> Json:
    """A group of one container with other properties."""
    return group(container(IMAGE, **properties))


def probe(**properties: Any) -> Json:
    return one(livenessProbe=properties)


def volume(**kind: Any) -> Json:
    return group(container(IMAGE), volumes=[{"name": "files", **kind}])


def credential(**properties: Any) -> Json:
    given = [{"server": "lab.azurecr.io", **properties}]
    return group(container(IMAGE), imageRegistryCredentials=given)


def test_a_plain_group_is_accepted() -> None:
    assert refusal(one()) is None


def test_a_config_map_without_pairs_is_accepted_as_az_sends_it() -> None:
    assert refusal(one(configMap={"keyValuePairs": {}})) is None


REFUSED: list[tuple[str, Json]] = [
    ("MissingContainers", group()),
    ("InvalidRequestContent", {"location": "x", "properties": {"containers": "web"}}),
    ("InvalidRequestContent", group({"properties": {"image": IMAGE}})),
    ("InvalidRequestContent", one(ports=[{"port": "http"}])),
    ("InvalidRequestContent", one(ports=[{}])),
    ("InvalidRequestContent", one(resources=resources("much", 1))),
    ("InvalidRequestContent", one(resources=resources(True, 1))),
    ("InvalidRequestContent", one(resources=resources(float("nan"), 1))),
    ("InvalidRequestContent", one(command="python3 -m app")),
    ("ResourceRequestsNotSpecified", one(resources=None)),
    ("ResourceRequestsNotSpecified", one(resources={"requests": {"cpu": 1}})),
    ("ResourceRequestsNotSpecified", one(resources={"requests": {"memoryInGB": 1}})),
    ("InvalidResourceRequest", one(resources=resources(0, 1))),
    ("InvalidResourceRequest", one(resources=resources(-1, 1))),
    ("InvalidResourceRequest", one(resources=resources(0.123, 1))),
    ("InvalidResourceRequest", one(resources=resources(1, 0))),
    ("InvalidResourceRequest", one(resources=resources(1, 0.25))),
    (
        "InvalidResourceRequest",
        one(resources={**resources(1, 1), "limits": {"cpu": 0.5}}),
    ),
    ("ServiceUnavailable", one(resources=resources(32, 1))),
    ("ServiceUnavailable", one(resources=resources(1, 241))),
    (
        "ServiceUnavailable",
        group(
            container(IMAGE, "one", resources=resources(20, 1)),
            container(IMAGE, "two", resources=resources(20, 1), ports=[]),
        ),
    ),
    ("DuplicateName", group(container(IMAGE), container(IMAGE, ports=[]))),
    ("DuplicateName", group(container(IMAGE), initContainers=[container(IMAGE)])),
    (
        "ContainerGroupLimitExceeded",
        group(*(container(IMAGE, f"c{n}", ports=[]) for n in range(61))),
    ),
    ("InvalidResourceName", group(container(IMAGE, "Web"))),
    ("InvalidResourceName", group(container(IMAGE, "a--b"))),
    ("InvalidOsType", group(container(IMAGE), osType=None)),
    ("InvalidOsType", group(container(IMAGE), osType="Plan9")),
    ("OsVersionNotSupported", group(container(IMAGE), osType="windows")),
    ("InvalidParameterValue", group(container(IMAGE), restartPolicy="Sometimes")),
    ("InvalidImage", group(container("Not/An Image"))),
    ("InvalidImage", group(container("http://lab.azurecr.io/app"))),
    ("PortNotExposed", group(container(IMAGE, ports=[]))),
    (
        "PortNotExposed",
        group(container(IMAGE, ports=[{"port": 80, "protocol": "UDP"}])),
    ),
    ("PortConflict", group(container(IMAGE, "one"), container(IMAGE, "two"))),
    ("InvalidPort", one(ports=[{"port": 0}])),
    ("InvalidPort", one(ports=[{"port": 65536}])),
    ("MissingIpAddressPorts", group(container(IMAGE), ipAddress={"type": "Public"})),
    (
        "ContainerGroupLimitExceeded",
        group(
            container(IMAGE, ports=[{"port": n} for n in range(1, 7)]),
            ipAddress={"ports": [{"port": n} for n in range(1, 7)]},
        ),
    ),
    (
        "InvalidDnsNameLabel",
        group(
            container(IMAGE),
            ipAddress={"ports": [{"port": 80}], "dnsNameLabel": "4-no"},
        ),
    ),
    ("InvalidEnvironmentVariable", one(environmentVariables=[{"name": "1A"}])),
    (
        "InvalidEnvironmentVariable",
        one(environmentVariables=[{"name": "A"}, {"name": "A"}]),
    ),
    ("InvalidVolume", volume()),
    ("InvalidVolume", volume(secret={"key": "not base64!"})),
    ("InvalidVolume", volume(secret={"../key": "YQ=="})),
    ("InvalidVolume", one(volumeMounts=[{"name": "nowhere", "mountPath": "/x"}])),
    (
        "InvalidVolume",
        group(
            container(IMAGE, volumeMounts=[{"name": "files", "mountPath": "a:b"}]),
            volumes=[{"name": "files", "emptyDir": {}}],
        ),
    ),
    ("InvalidProbe", probe()),
    ("InvalidProbe", probe(httpGet={"port": 80}, exec={"command": ["true"]})),
    ("InvalidProbe", probe(httpGet={"port": 80}, periodSeconds=0)),
    ("InvalidProbe", probe(httpGet={"port": 80}, successThreshold=2)),
    ("InvalidPort", probe(httpGet={"port": 0})),
    ("InvalidImageRegistryCredential", credential()),
    ("InvalidImageRegistryCredential", credential(username="me")),
    ("InvalidImageRegistryCredential", credential(identity="system")),
    ("InvalidImageRegistryCredential", credential(identity=IDENTITY)),
    ("FeatureNotSupported", volume(azureFile={"shareName": "s"})),
    ("FeatureNotSupported", volume(gitRepo={"repository": "https://x"})),
    ("FeatureNotSupported", group(container(IMAGE), subnetIds=[{"id": "x"}])),
    ("FeatureNotSupported", group(container(IMAGE), ipAddress={"type": "Private"})),
    ("FeatureNotSupported", group(container(IMAGE), sku="Confidential")),
    (
        "SpotPriorityContainerGroupNotSupportedForInboundConnectivity",
        group(container(IMAGE), priority="Spot"),
    ),
    (
        "SpotPriorityContainerGroupNotSupportedWithZones",
        {**group(container(IMAGE), priority="Spot", ipAddress=None), "zones": ["1"]},
    ),
    ("InvalidAvailabilityZone", {**group(container(IMAGE)), "zones": ["4"]}),
    ("InvalidAvailabilityZone", {**group(container(IMAGE)), "zones": ["1", "2"]}),
    ("FeatureNotSupported", one(securityContext={"privileged": True})),
    ("FeatureNotSupported", one(configMap={"keyValuePairs": {"a": "b"}})),
    (
        "FeatureNotSupported",
        one(resources={"requests": {"cpu": 1, "memoryInGB": 1, "gpu": {"count": 1}}}),
    ),
    ("FeatureNotSupported", group(container(IMAGE), diagnostics={"logAnalytics": {}})),
]


@pytest.mark.parametrize(
    ("code", "body"),
    REFUSED,
    ids=[f"{n}-{code}" for n, (code, _) in enumerate(REFUSED)],
)
def test_a_body_is_refused_by_code(code: str, body: Json) -> None:
    assert refusal(body) == code


@pytest.mark.parametrize("name", ["Web", "-web", "web-", "a--b", "a" * 64, "a_b", "ü"])
def test_a_group_name_is_refused(name: str) -> None:
    assert refusal(one(), name) == "InvalidResourceName"


def test_words_are_taken_in_any_case() -> None:
    body = group(container(IMAGE), osType="linux", restartPolicy="ONFAILURE")
    assert refusal(body) is None
    assert parsing.group("web", body).restart_policy == "OnFailure"


def test_an_identity_of_the_group_may_pull() -> None:
    body = credential(identity=IDENTITY.upper())
    identities: Json = {IDENTITY: {}}
    body["identity"] = {"type": "UserAssigned", "userAssignedIdentities": identities}
    assert refusal(body) is None


def test_a_password_is_in_no_value_that_could_be_logged() -> None:
    body = credential(username="me", password="swordfish")
    body["properties"]["containers"][0]["properties"]["environmentVariables"] = [
        {"name": "TOKEN", "secureValue": "swordfish"}
    ]
    assert "swordfish" not in repr(parsing.group("web", body))


@given(st.from_regex(r"[a-z0-9]([a-z0-9]|-(?=[a-z0-9]))*", fullmatch=True))
def test_every_name_of_the_rule_is_a_name(name: str) -> None:
    assert rules.is_name(name) == (len(name) <= 63)


@given(st.text())
def test_no_other_text_is_a_name(name: str) -> None:
    good = re.fullmatch(r"[a-z0-9](-?[a-z0-9])*", name) is not None and len(name) <= 63
    assert rules.is_name(name) == good


@given(
    cpu=st.integers(1, 3100),
    memory=st.integers(1, 2400),
)
def test_hundredths_of_a_core_and_tenths_of_a_gigabyte_are_accepted(
    cpu: int, memory: int
) -> None:
    assert refusal(one(resources=resources(cpu / 100, memory / 10))) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)

PLACES: list[Callable[[Json], tuple[Json, str]]] = [
    lambda body: (body, "identity"),
    lambda body: (body["properties"], "osType"),
    lambda body: (body["properties"], "containers"),
    lambda body: (body["properties"], "ipAddress"),
    lambda body: (body["properties"], "volumes"),
    lambda body: (body["properties"], "imageRegistryCredentials"),
    lambda body: (body["properties"], "diagnostics"),
    lambda body: (body["properties"]["containers"][0], "name"),
    lambda body: (body["properties"]["containers"][0], "properties"),
    lambda body: (body["properties"]["containers"][0]["properties"], "ports"),
    lambda body: (body["properties"]["containers"][0]["properties"], "resources"),
    lambda body: (body["properties"]["containers"][0]["properties"], "livenessProbe"),
]


@given(st.sampled_from(PLACES), json_values)
def test_no_json_at_all_makes_it_stumble(
    place: Callable[[Json], tuple[Json, str]], value: object
) -> None:
    body = one()
    where, key = place(body)
    where[key] = value
    refusal(body)
