"""Keys with lists and objects: what they take, and how each fault is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.settings import (
    Settings,
    SettingsInvalid,
    read,
    shown_secrets,
)
from infra.settings.secrecy import plain_secrets

GUID = "11111111-2222-3333-4444-555555555555"
HOOK = {"name": "pushed", "uri": "https://example.com/sesame"}
MAP = {"name": "readers", "actions": ["repositories/app/*/content/read"]}
TOKEN = {"name": "reader", "scopeMap": "readers"}
RULE = {"name": "quay-rule", "source": "quay.io/app/*", "target": "quay/*"}
TASK = {"name": "nightly", "context": "https://example.com/a.git", "image": "a:1"}
COMMIT = {"onCommit": True, "accessToken": "sesame-sesame"}
PULLER = {"name": "cluster", "principalId": GUID, "system": "aks"}
SUBNET = (
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network"
    "/virtualNetworks/v/subnets/s"
)
VAULT = "https://v.vault.azure.net/secrets/name"


def taken(**values: Any) -> Settings:
    texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in values.items()}
    return read(texts, region="westeurope")


def mistakes(**values: Any) -> dict[str, str]:
    with pytest.raises(SettingsInvalid) as caught:
        taken(**values)
    assert "sesame" not in str(caught.value)
    return {one.key: str(one) for one in caught.value.mistakes}


def test_a_webhook_tells_of_pushes_everywhere_unless_it_says_otherwise() -> None:
    (hook,) = taken(webhooks=[HOOK]).registry.webhooks
    assert (hook.actions, hook.scope, hook.status) == (("push",), "", "enabled")
    more = {"actions": ["delete"], "scope": "app:*", "headers": {"X-A": "1"}}
    (hook,) = taken(webhooks=[{**HOOK, **more}]).registry.webhooks
    assert (hook.actions, hook.scope, hook.headers) == (
        ("delete",),
        "app:*",
        {"X-A": "1"},
    )


def test_a_token_has_a_scope_map_of_the_stack_or_of_the_system() -> None:
    assert taken(scopeMaps=[MAP], tokens=[TOKEN]).registry.tokens[0].name == "reader"
    system = {**TOKEN, "scopeMap": "_repositories_pull"}
    assert taken(tokens=[system]).registry.tokens[0].status == "enabled"
    assert set(mistakes(tokens=[TOKEN])) == {"tokens[0].scopeMap"}


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        ("webhooks", [{"name": "a b", "uri": "https://x"}], "webhooks[0].name"),
        ("webhooks", [{"name": "pushed"}], "webhooks[0].uri"),
        ("webhooks", [{**HOOK, "uri": "sesame"}], "webhooks[0].uri"),
        ("webhooks", [{**HOOK, "actions": ["pull"]}], "webhooks[0].actions"),
        ("webhooks", [{**HOOK, "scope": "lab/*"}], "webhooks[0].scope"),
        ("webhooks", [{**HOOK, "scope": "lab:v*"}], "webhooks[0].scope"),
        (
            "webhooks",
            [HOOK, {**HOOK, "name": "other", "status": "on"}],
            "webhooks[1].status",
        ),
        (
            "webhooks",
            [{**HOOK, "headers": {"X": "sesame\n"}}],
            "webhooks[0].headers",
        ),
        ("webhooks", [{**HOOK, "action": "push"}], "webhooks[0].action"),
        ("webhooks", ["sesame"], "webhooks[0]"),
        ("scopeMaps", [{"name": "readers"}], "scopeMaps[0].actions"),
        (
            "scopeMaps",
            [{**MAP, "actions": ["repositories/a*/content/read"]}],
            "scopeMaps[0].actions",
        ),
        (
            "cacheRules",
            [{**RULE, "target": "hub"}],
            "cacheRules[0].target",
        ),
        (
            "cacheRules",
            [{**RULE, "source": "docker.io/library/*"}],
            "cacheRules[0].source",
        ),
        (
            "cacheRules",
            [{**RULE, "usernameSecretId": VAULT}],
            "cacheRules[0].passwordSecretId",
        ),
        ("tasks", [{**TASK, "schedule": "daily"}], "tasks[0].schedule"),
        (
            "tasks",
            [{**TASK, "context": "https://github.com/a/b", "onCommit": True}],
            "tasks[0].accessToken",
        ),
        ("tasks", [{**TASK, **COMMIT}], "tasks[0].context"),
        (
            "tasks",
            [{**TASK, "context": "https://me:sesame@x.example/a.git"}],
            "tasks[0].context",
        ),
        (
            "tasks",
            [{**TASK, **COMMIT, "context": "https://github.com.x.example/a.git"}],
            "tasks[0].context",
        ),
        (
            "privateEndpoints",
            [{"name": "inside", "subnetId": SUBNET, "dnsZoneId": SUBNET}],
            "privateEndpoints[0].dnsZoneId",
        ),
        ("diagnostics", {"metrics": True}, "diagnostics.workspaceId"),
        ("pullers", [{**PULLER, "principalId": "x"}], "pullers[0].principalId"),
        (
            "pullers",
            [{**PULLER, "principalType": "User"}],
            "pullers[0].principalType",
        ),
        (
            "servicePrincipal",
            {"clientSecret": "sesame-sesame"},
            "servicePrincipal.clientId",
        ),
    ],
)
def test_a_fault_is_named_by_its_path(key: str, value: Any, path: str) -> None:
    sku = "Premium" if key == "privateEndpoints" else "Basic"
    assert set(mistakes(**{key: value}, sku=sku)) == {path}


@pytest.mark.parametrize(
    "context",
    [
        "https://github.com/me/app.git#main:app",
        "https://dev.azure.com/me/app/_git/app#main",
        "https://me@dev.azure.com/me/app/_git/app",
        "https://me.visualstudio.com/app/_git/app",
    ],
)
def test_a_task_is_told_of_commits_by_github_and_azure_repos(context: str) -> None:
    (task,) = taken(tasks=[{**TASK, **COMMIT, "context": context}]).registry.tasks
    assert (task.on_commit, task.context) == (True, context)


@pytest.mark.parametrize(
    ("key", "rows"),
    [
        ("webhooks", [HOOK, {**HOOK, "name": "PUSHED"}]),
        ("scopeMaps", [MAP, MAP]),
        ("cacheRules", [RULE, {**RULE, "target": "other/*"}]),
        ("pullers", [PULLER, {**PULLER, "name": "other"}]),
    ],
)
def test_two_entries_never_have_the_same_name(key: str, rows: Any) -> None:
    assert set(mistakes(**{key: rows})) == {key}


@pytest.mark.parametrize(
    ("one", "other", "wrong"),
    [
        ("quay/*", "quay/*", 1),
        ("quay/*", "quay/app/*", 1),
        ("*", "quay/*", 1),
        ("quay/*", "quays/*", 0),
        ("quay/*", "other/*", 0),
        ("quay/*", "quay/app", 0),
        ("quay/app", "quay/app", 1),
    ],
)
def test_cache_rules_do_not_overlap(one: str, other: str, wrong: int) -> None:
    rows = [
        {"name": name, "source": f"quay.io/{'*' if '*' in to else 'app'}", "target": to}
        for name, to in (("first", one), ("second", other))
    ]
    for turned in (rows, rows[::-1]):
        if wrong:
            assert set(mistakes(cacheRules=turned)) == {"cacheRules"}
        else:
            assert len(taken(cacheRules=turned).registry.cache_rules) == 2


def test_the_names_of_the_programs_own_token_are_taken() -> None:
    own = {"name": "acr-lab-pull", "scopeMap": "_repositories_pull"}
    assert set(mistakes(tokens=[own])) == {"tokens"}
    assert set(mistakes(scopeMaps=[{**MAP, "name": "acr-lab-pull"}])) == {"scopeMaps"}


@pytest.mark.parametrize("text", ["{}", "nonsense", "7", '"x"'])
def test_a_list_is_a_list(text: str) -> None:
    assert set(mistakes(webhooks=text)) == {"webhooks"}


@pytest.mark.parametrize("key", ["livenessProbe", "readinessProbe", "webhooks"])
def test_what_is_no_entry_at_all_is_not_shown(key: str) -> None:
    headers = {"headers": {"Authorization": "sesame"}}
    wrong = headers if key == "webhooks" else [headers]
    assert set(mistakes(**{key: wrong})) == {key}


def test_what_is_no_entry_inside_of_one_is_not_shown_either() -> None:
    share = {"name": "share", "azureFile": ["sesame"]}
    assert "volumes[0].azureFile" in mistakes(volumes=[share])
    probe = {"name": "beside", "livenessProbe": [{"headers": {"X": "sesame"}}]}
    assert "sidecars[0].livenessProbe" in mistakes(sidecars=[probe])


def test_every_fault_of_an_entry_is_told_at_once() -> None:
    wrong = {"uri": "x", "status": "on", "more": 1}
    found = mistakes(webhooks=[wrong, wrong])
    assert set(found) == {
        f"webhooks[{index}].{field}"
        for index in (0, 1)
        for field in ("name", "uri", "status", "more")
    }


def test_a_whole_key_with_secret_fields_is_never_shown() -> None:
    found = mistakes(webhooks=[{**HOOK, "name": f"hook{n}"} for n in range(3)])
    assert "[secret]" in found["webhooks"]


def test_secrets_that_are_not_encrypted_are_told() -> None:
    values = {"servicePrincipal": '{"clientId": "x"}', "secureEnvironment": "{}"}
    assert plain_secrets(values, frozenset()) == ["servicePrincipal"]
    assert plain_secrets(values, frozenset({"servicePrincipal"})) == []


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("sidecars", [{"name": "a", "secureEnvironment": {"A": "sesame"}}], True),
        ("sidecars", [{"name": "a", "secureEnvironment": {}}], False),
        ("sidecars", [{"name": "a", "environment": {"A": "b"}}], False),
        ("volumes", [{"name": "hidden", "secret": {"a": "sesame"}}], True),
        ("volumes", [{"name": "a", "azureFile": {"storageAccountKey": "x"}}], True),
        ("volumes", [{"name": "empty", "emptyDir": {}}], False),
        ("logAnalytics", {"workspaceKey": "sesame"}, True),
        ("tasks", [{"name": "a", "accessToken": "sesame"}], True),
    ],
)
def test_secret_fields_that_are_not_encrypted_are_told(
    key: str, value: object, told: bool
) -> None:
    values = {key: json.dumps(value)}
    assert plain_secrets(values, frozenset()) == ([key] if told else [])
    assert plain_secrets(values, frozenset({key})) == []


def test_a_structured_key_that_is_none_is_for_the_report() -> None:
    assert plain_secrets({"sidecars": "[{"}, frozenset()) == []


def test_an_encrypted_key_that_the_program_shows_is_told() -> None:
    given = frozenset({"environment", "secureEnvironment", "webhooks", "livenessProbe"})
    assert shown_secrets(given) == ["environment"]
