"""What all children of a registry have in common, and the limits of the tiers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.embedded.azure.registry.child import TASKS, VERSION, Child, made, names
from tests.embedded.azure.registry.registry import Registry, got, refused

Shop = Any
READ = ["repositories/app/content/read"]
HOOK = {"serviceUri": "http://127.0.0.1:9/", "actions": ["push"]}
RULE = {"sourceRepository": "docker.io/library/*", "targetRepository": "hub/*"}
#: Keys that some child has somewhere, and some that none has.
NAMES = [
    "actions",
    "credentials",
    "customHeaders",
    "name",
    "passwords",
    "properties",
    "scope",
    "scopeMapId",
    "serviceUri",
    "sourceRepository",
    "status",
    "step",
    "timeout",
    "type",
    "unknown",
]
#: Type, a good name, properties of one, a property that may change.
GOOD: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("webhooks", "hook1", HOOK, {"status": "disabled"}),
    ("scopeMaps", "map_1", {"actions": READ}, {"description": "new"}),
    ("replications", "eastus", {}, {"regionEndpointEnabled": False}),
    ("cacheRules", "rule-1", RULE, {"targetRepository": "mirror/*"}),
    ("tasks", "task_1", {"step": {"type": "Docker"}}, {"status": "Disabled"}),
]


@pytest.mark.parametrize(("type_", "name", "properties", "change"), GOOD)
def test_a_child_is_made_read_changed_listed_and_deleted(
    shop: Shop, type_: str, name: str, properties: Any, change: Any
) -> None:
    registry = shop.make("Premium")
    child = Child(registry, type_, name)
    assert child.get().status_code == 404
    assert child.put(**properties).status_code == 201
    before = got(child.get())
    assert before["id"] == child.path
    assert before["properties"]["provisioningState"] == "Succeeded"
    assert child.put(**properties).status_code == 200
    assert got(child.get()) == before
    got(child.patch(**change))
    (key, value), *_ = change.items()
    assert got(child.get())["properties"][key] == value
    assert name in names(registry, type_)
    assert child.delete().status_code == 200
    assert child.delete().status_code == 204
    assert name not in names(registry, type_)


@pytest.mark.parametrize(
    ("type_", "name", "properties", "code"),
    [
        ("webhooks", "a-b-c-d", HOOK, "InvalidResourceName"),
        ("webhooks", "hook1", {**HOOK, "actions": ["pull"]}, "InvalidRequestContent"),
        ("webhooks", "hook1", {**HOOK, "serviceUri": "x"}, "InvalidRequestContent"),
        ("webhooks", "hook1", {"actions": ["push"]}, "InvalidRequestContent"),
        ("scopeMaps", "maps1", {"actions": []}, "InvalidRequestContent"),
        (
            "scopeMaps",
            "maps1",
            {"actions": ["repositories/a*/content/read"]},
            "InvalidRequestContent",
        ),
        ("tokens", "token1", {"scopeMapId": "/nowhere"}, "ScopeMapNotFound"),
        ("replications", "eastus", {}, "SkuNotSupported"),
        ("cacheRules", "rule-1", {"targetRepository": "x"}, "InvalidRequestContent"),
        (
            "credentialSets",
            "creds",
            {"loginServer": "docker.io"},
            "FeatureNotSupportedByEmbeddedAzure",
        ),
        ("tasks", "task1", {"step": {"type": "Shell"}}, "InvalidRequestContent"),
    ],
)
def test_what_is_wrong_in_a_child_is_refused_by_name(
    registry: Registry, type_: str, name: str, properties: Any, code: str
) -> None:
    child = Child(registry, type_, name)
    assert refused(child.put(**properties)) == (400, code)
    assert child.get().status_code == 404


def test_a_tier_allows_so_many_webhooks_and_no_more(shop: Shop) -> None:
    registry = shop.make("Basic")
    for number in range(2):
        made(registry, "webhooks", f"hook{number}", **HOOK)
    third = Child(registry, "webhooks", "third")
    assert refused(third.put(**HOOK)) == (403, "QuotaExceeded")
    got(registry.patch(sku={"name": "Standard"}))
    got(third.put(**HOOK))
    lower = registry.patch(sku={"name": "Basic"})
    assert refused(lower) == (409, "SkuDowngradeNotSupported")
    usages = got(
        registry.arm.get(
            f"{registry.path}/listUsages", params={"api-version": "2023-07-01"}
        )
    )
    counts = {one["name"]: one["currentValue"] for one in usages["value"]}
    assert counts["Webhooks"] == 3


def test_a_registry_with_replications_stays_premium(shop: Shop) -> None:
    registry = shop.make("Premium")
    replication = made(registry, "replications", "eastus")
    lower = registry.patch(sku={"name": "Standard"})
    assert refused(lower) == (409, "SkuDowngradeNotSupported")
    replication.delete()
    got(registry.patch(sku={"name": "Standard"}))


def test_soft_delete_and_cache_rules_exclude_each_other_in_both_orders(
    shop: Shop,
) -> None:
    registry = shop.make()
    on = {"policies": {"softDeletePolicy": {"status": "enabled", "retentionDays": 7}}}
    off = {"policies": {"softDeletePolicy": {"status": "disabled"}}}
    got(registry.patch(properties=on))
    rule = Child(registry, "cacheRules", "rule-1")
    assert refused(rule.put(**RULE)) == (400, "PolicyConflict")
    got(registry.patch(properties=off))
    got(rule.put(**RULE))
    assert refused(registry.patch(properties=on)) == (400, "PolicyConflict")


def test_the_system_has_scope_maps_that_stay(registry: Registry) -> None:
    child = Child(registry, "scopeMaps", "_repositories_pull")
    assert got(child.get())["properties"]["type"] == "SystemDefined"
    assert "_repositories_admin" in names(registry, "scopeMaps")
    assert refused(child.delete()) == (400, "SystemScopeMapCannotBeChanged")


@pytest.mark.parametrize("verb", ["scheduleRun", "listBuildSourceUploadUrl"])
def test_a_task_never_runs_here_and_the_refusal_says_so(
    registry: Registry, verb: str
) -> None:
    path, answer = f"{registry.path}/{verb}", registry.arm.post
    refusal = refused(answer(path, params=TASKS, json={}))
    assert refusal == (400, "FeatureNotSupportedByEmbeddedAzure")
    runs = got(registry.arm.get(f"{registry.path}/runs", params=TASKS))
    assert runs["value"] == []


def test_an_import_is_refused_by_name_with_what_to_use(registry: Registry) -> None:
    answer = registry.post("importImage", source={"sourceImage": "a:1"})
    assert refused(answer) == (400, "FeatureNotSupportedByEmbeddedAzure")
    assert "skopeo copy" in answer.json()["error"]["message"]


def test_the_tokens_of_a_task_are_never_read_and_survive_a_change(
    registry: Registry,
) -> None:
    source = {
        "repositoryUrl": "https://x",
        "sourceControlAuthProperties": {"token": "sesame"},
    }
    step = {"type": "Docker", "contextAccessToken": "sesame", "dockerFilePath": "D"}
    trigger = {"sourceTriggers": [{"name": "commit", "sourceRepository": source}]}
    task = made(registry, "tasks", "secretive", step=step, trigger=trigger)
    assert "sesame" not in task.get().text
    changed = got(task.patch(timeout=600))["properties"]
    assert changed["step"] == {"type": "Docker", "dockerFilePath": "D"}
    assert "sesame" not in task.get().text
    assert task.post("listDetails")["properties"]["step"] == step


def test_children_go_with_their_registry(shop: Shop) -> None:
    registry = shop.make()
    child = made(registry, "webhooks", "hook1", **HOOK)
    assert registry.delete().status_code == 200
    assert child.get().status_code == 404


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([*GOOD, ("tokens", "token1", {}, {})]),
    st.dictionaries(st.sampled_from(NAMES), JUNK, max_size=4),
    st.dictionaries(st.sampled_from(["properties", "tags", "identity"]), JUNK),
)
def test_no_body_makes_the_service_fail(
    registry: Registry, row: Any, junk: Any, whole: Any
) -> None:
    type_, name, properties, _ = row
    version = TASKS if type_ == "tasks" else VERSION
    body = {"location": "westeurope", "properties": {**properties, **junk}, **whole}
    path = f"{registry.path}/{type_}/{name}"
    for method in ("PUT", "PATCH"):
        answer = registry.arm.request(method, path, params=version, json=body)
        assert answer.status_code < 500, answer.text
    assert registry.arm.get(path, params=version).status_code in (200, 404)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["tokenId", "name", "expiry"]), JUNK))
def test_no_body_of_an_action_makes_the_service_fail(
    registry: Registry, junk: Any
) -> None:
    made(registry, "scopeMaps", "our-map", actions=READ)
    token = made(
        registry, "tokens", "fuzzed", scopeMapId=f"{registry.path}/scopeMaps/our-map"
    )
    body = {"tokenId": token.path, **junk}
    assert registry.post("generateCredentials", **body).status_code < 500
