"""Faults in the keys of the container group, each named by its path."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.infra.group_settings import (
    ACCOUNT_KEY,
    CACHE,
    CLONE,
    GUID,
    PRIVATE,
    SHARE,
    SUBNET,
    WINDOWS,
    mistakes,
)

FAULTS: list[tuple[str, Any, str]] = [
    ("sidecars", [{"image": "a"}], "sidecars[0].name"),
    ("sidecars", [{"name": "Cache"}], "sidecars[0].name"),
    ("sidecars", [{**CACHE, "image": "A b"}], "sidecars[0].image"),
    ("sidecars", [{**CACHE, "cpu": 0}], "sidecars[0].cpu"),
    ("sidecars", [{**CACHE, "memory": 0.05}], "sidecars[0].memory"),
    ("sidecars", [{**CACHE, "cpus": 1}], "sidecars[0].cpus"),
    ("sidecars", [{**CACHE, "command": "sh -c x"}], "sidecars[0].command"),
    ("sidecars", [{**CACHE, "command": [1]}], "sidecars[0].command"),
    ("sidecars", [{**CACHE, "ports": [80]}], "sidecars[0].ports[0]"),
    ("sidecars", [{**CACHE, "ports": 80}], "sidecars[0].ports"),
    ("sidecars", [{**CACHE, "ports": [{}]}], "sidecars[0].ports[0].port"),
    (
        "sidecars",
        [{**CACHE, "ports": [{"port": 1, "protocol": "SCTP"}]}],
        "sidecars[0].ports[0].protocol",
    ),
    (
        "sidecars",
        [{**CACHE, "secureEnvironment": {"a b": "sesame"}}],
        "sidecars[0].secureEnvironment",
    ),
    (
        "sidecars",
        [{**CACHE, "environment": {"A": 1}, "secureEnvironment": {"A": "sesame"}}],
        "sidecars[0].environment",
    ),
    (
        "sidecars",
        [{**CACHE, "livenessProbe": {"path": "/"}}],
        "sidecars[0].livenessProbe",
    ),
    (
        "sidecars",
        [{**CACHE, "livenessProbe": {}}],
        "sidecars[0].livenessProbe.path",
    ),
    (
        "sidecars",
        [{**CACHE, "volumeMounts": [{"name": "shared", "mountPath": "data"}]}],
        "sidecars[0].volumeMounts[0].mountPath",
    ),
    ("initContainers", [{"name": "first", "ports": []}], "initContainers[0].ports"),
    ("initContainers", [{"name": "first", "cpu": 1}], "initContainers[0].cpu"),
    ("command", "python -m web", "command"),
    ("command", [""], "command"),
    ("ports", [{"port": 70000}], "ports[0].port"),
    ("cpuLimit", "many", "cpuLimit"),
    ("livenessProbe", {"path": "/", "command": ["true"]}, "livenessProbe.path"),
    ("livenessProbe", {"command": ["true"], "port": 1}, "livenessProbe.command"),
    (
        "livenessProbe",
        {"path": "/", "successThreshold": 2},
        "livenessProbe.successThreshold",
    ),
    (
        "readinessProbe",
        {"path": "/", "headers": {"A": "sesame\n"}},
        "readinessProbe.headers",
    ),
    ("volumes", [{"name": "hidden"}], "volumes[0].name"),
    ("volumes", [{"name": "tiny", "emptyDir": {}}], "volumes[0].name"),
    (
        "volumes",
        [{"name": "hidden", "emptyDir": {}, "secret": {"a": "sesame"}}],
        "volumes[0].name",
    ),
    (
        "volumes",
        [{"name": "hidden", "secret": {"../a": "sesame"}}],
        "volumes[0].secret",
    ),
    (
        "volumes",
        [{"name": "share", "azureFile": {**SHARE, "storageAccountKey": "sesame!"}}],
        "volumes[0].azureFile.storageAccountKey",
    ),
    (
        "volumes",
        [{"name": "clone", "gitRepo": {"repository": "https://u:sesame@x/a.git"}}],
        "volumes[0].gitRepo.repository",
    ),
    (
        "volumes",
        [{"name": "clone", "gitRepo": {**CLONE, "directory": "../x"}}],
        "volumes[0].gitRepo.directory",
    ),
    ("ipAddress", "Public", "ipAddress"),
    ("subnetIds", ["subnet"], "subnetIds"),
    ("dnsConfig", {"nameServers": ["here"]}, "dnsConfig.nameServers"),
    ("dnsConfig", {"searchDomains": ["a"]}, "dnsConfig.nameServers"),
    ("zone", 4, "zone"),
    ("priority", "spot", "priority"),
    ("groupSku", "Premium", "groupSku"),
    ("osType", "linux", "osType"),
    ("identities", ["mine"], "identities"),
    ("systemIdentity", "yes", "systemIdentity"),
    ("logAnalytics", {"workspaceId": GUID}, "logAnalytics.workspaceKey"),
    (
        "logAnalytics",
        {"workspaceId": "w", "workspaceKey": ACCOUNT_KEY},
        "logAnalytics.workspaceId",
    ),
]


@pytest.mark.parametrize(("key", "value", "path"), FAULTS)
def test_a_fault_is_named_by_its_path(key: str, value: Any, path: str) -> None:
    assert path in mistakes(**{key: value})


SHARED = {"name": "shared", "emptyDir": {}}
#: What goes wrong together: all that is configured, the key, a word of the message.
CONTRADICTIONS: list[tuple[dict[str, Any], str, str]] = [
    ({"sidecars": [CACHE, CACHE]}, "sidecars", "another container"),
    ({"sidecars": [{**CACHE, "name": "web"}]}, "sidecars", "another container"),
    (
        {"sidecars": [CACHE], "initContainers": [{"name": "cache"}]},
        "sidecars",
        "another container",
    ),
    ({"volumes": [SHARED, SHARED]}, "volumes", "shared"),
    (
        {"volumes": [{"name": f"volume-{n}", "emptyDir": {}} for n in range(21)]},
        "volumes",
        "20 may be",
    ),
    (
        {"sidecars": [{"name": f"one-{n}", "cpu": 0.01} for n in range(60)]},
        "sidecars",
        "60 may be",
    ),
    (
        {"volumeMounts": [{"name": "shared", "mountPath": "/data"}]},
        "volumeMounts",
        "does not have",
    ),
    (
        {
            "volumes": [SHARED],
            "volumeMounts": [{"name": "shared", "mountPath": "/data"}] * 2,
        },
        "volumeMounts",
        "two volumes at /data",
    ),
    ({"cpu": 31, "sidecars": [CACHE]}, "cpu", "31.5"),
    ({"memory": 240, "sidecars": [CACHE]}, "memory", "240.5 GB"),
    ({"cpuLimit": 0.5}, "cpuLimit", "from its request, 1,"),
    ({"memoryLimit": 3}, "memoryLimit", "the whole group has, 1.5"),
    ({"sidecars": [{**CACHE, "cpuLimit": 9}]}, "sidecars", "cpuLimit of cache"),
    ({"ports": [{"port": 8080}]}, "ports", "8080/TCP is used twice"),
    (
        {"sidecars": [{**CACHE, "ports": [{"port": 8080}]}]},
        "sidecars",
        "share one network",
    ),
    ({"ports": [{"port": n} for n in range(1, 6)]}, "ports", "at most 5"),
    ({"ipAddress": "none", "ports": [{"port": 1}]}, "ports", "at localhost"),
    ({"ipAddress": "private"}, "ipAddress", "set subnetIds"),
    ({"subnetIds": [SUBNET]}, "subnetIds", "no public address"),
    ({**PRIVATE, "dnsLabel": "my-label"}, "dnsLabel", "public"),
    ({"ipAddress": "none", "dnsLabel": "my-label"}, "dnsLabel", "public"),
    ({"dnsConfig": {"nameServers": ["10.0.0.1"]}}, "dnsConfig", "subnetIds"),
    ({"priority": "Spot"}, "priority", "ipAddress to none"),
    (
        {"priority": "Spot", "ipAddress": "none", "subnetIds": [SUBNET]},
        "priority",
        "leave subnetIds out",
    ),
    (
        {"priority": "Spot", "ipAddress": "none", "groupSku": "Dedicated"},
        "priority",
        "Standard only",
    ),
    ({"priority": "Spot", "ipAddress": "none", "zone": 1}, "priority", "leave zone"),
    ({"ccePolicy": "cGFja2FnZQ=="}, "ccePolicy", "Confidential"),
    ({"groupSku": "Confidential", **WINDOWS}, "groupSku", "Linux"),
    ({**WINDOWS, "sidecars": [CACHE]}, "osType", "no sidecars"),
    ({**WINDOWS, "initContainers": [CACHE]}, "osType", "no initContainers"),
    ({**WINDOWS, "volumes": [SHARED]}, "osType", "no volumes"),
]


@pytest.mark.parametrize(("values", "key", "said"), CONTRADICTIONS)
def test_what_does_not_go_together_is_told_under_the_key_to_change(
    values: dict[str, Any], key: str, said: str
) -> None:
    found = mistakes(**values)
    assert set(found) == {key}
    assert said in found[key]


@pytest.mark.parametrize(
    "values",
    [
        PRIVATE,
        {"ipAddress": "none"},
        {"ipAddress": "none", "subnetIds": [SUBNET]},
        {**PRIVATE, "dnsConfig": {"nameServers": ["10.0.0.1", "10.0.0.2"]}},
        {"priority": "Spot", "ipAddress": "none"},
        {"groupSku": "Confidential", "ccePolicy": "cGFja2FnZQ=="},
        {**WINDOWS},
        {"ports": [{"port": 8080, "protocol": "UDP"}]},
        {"cpuLimit": 1.5, "sidecars": [CACHE]},
        {"zone": "1", "groupSku": "Dedicated"},
    ],
)
def test_what_goes_together_is_taken(values: dict[str, Any]) -> None:
    assert mistakes(**values) == {}


#: Keys under which a contradiction with a structured one may be told.
RELATED = ("cpu", "memory", "ports", "sidecars", "volumeMounts")
#: Keys with a structure, and names of fields that stand somewhere in them.
STRUCTURED = (
    "command",
    "dnsConfig",
    "identities",
    "initContainers",
    "livenessProbe",
    "logAnalytics",
    "ports",
    "readinessProbe",
    "sidecars",
    "subnetIds",
    "volumeMounts",
    "volumes",
)
FIELDS = st.sampled_from(
    [
        *("name", "image", "command", "cpu", "cpuLimit", "memory", "ports", "port"),
        *("protocol", "environment", "secureEnvironment", "volumeMounts", "path"),
        *("mountPath", "livenessProbe", "readinessProbe", "headers", "emptyDir"),
        *("secret", "azureFile", "gitRepo", "repository", "nameServers", "shareName"),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
VALUES = st.recursive(
    SCALARS | st.sampled_from(["web", "app", "shared", "/data", 8080, "TCP"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values=st.dictionaries(st.sampled_from(STRUCTURED), VALUES, max_size=3))
def test_whatever_a_key_holds_it_is_taken_or_told(values: dict[str, Any]) -> None:
    told = mistakes(**values) if values else {}
    assert {re.split(r"[.\[]", path)[0] for path in told} <= {*values, *RELATED}
