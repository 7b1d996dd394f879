"""Rules for images that a stack builds."""

from __future__ import annotations

from typing import Any

import pytest

Judge = Any
TOKEN_USER = "00000000-0000-0000-0000-000000000000"


def named(name: str) -> dict[str, Any]:
    return {"imageName": name}


def built(**build: Any) -> dict[str, Any]:
    return {"build": build}


def pushed(username: str, server: str = "lab.azurecr.io") -> dict[str, Any]:
    login = {"username": username, "server": server, "password": "x"}
    return {"registry": login}


@pytest.mark.parametrize(
    ("rule", "props"),
    [
        ("image-tag-not-latest", named("localhost:5000/a/b:1.2")),
        ("image-tag-unique", named("lab.azurecr.io/a:db9e6126b5ce6cac")),
        ("image-tag-unique", named("lab.azurecr.io/a:1.2-db9e612")),
        ("image-platform-pinned", built(platform="linux/amd64")),
        ("image-platform-pinned", {}),
        ("image-build-no-secrets", built(args={"BASE_IMAGE": "python:3.13"})),
        ("image-build-no-secrets", built(args={"CACHE_KEY": "a", "TOKEN": ""})),
        ("image-build-no-secrets", {}),
        ("image-push-by-token", pushed(TOKEN_USER)),
        ("image-push-by-token", pushed("me", "docker.io")),
        ("image-push-by-token", {}),
    ],
)
def test_a_good_image_is_passed(judge: Judge, rule: str, props: dict[str, Any]) -> None:
    assert judge(rule, props) == []


@pytest.mark.parametrize(
    ("rule", "props", "said"),
    [
        ("image-tag-not-latest", named("r.io/a:latest"), "'r.io/a:latest'"),
        ("image-tag-not-latest", named("localhost:5000/a"), "'localhost:5000/a'"),
        ("image-tag-unique", named("r.io/a:1.2"), "The tag is '1.2'."),
        ("image-platform-pinned", built(), "that of whoever builds. Set"),
        ("image-platform-pinned", built(platform="linux/arm64"), "linux/arm64"),
        ("image-build-no-secrets", built(args={"NPM_TOKEN": "x"}), "NPM_TOKEN"),
        ("image-build-no-secrets", built(args={"apiKey": "x"}), "apiKey"),
        (
            "image-build-no-secrets",
            built(args={"URL": "https://me:pass@pypi.example/simple"}),
            "URL looks like a secret. Take it out",
        ),
        ("image-push-by-token", pushed("lab"), "signs in as 'lab'. Set"),
    ],
)
def test_a_bad_image_is_told_what_to_change(
    judge: Judge, rule: str, props: dict[str, Any], said: str
) -> None:
    (message,) = judge(rule, props)
    assert said in message


def test_the_pattern_of_a_unique_tag_can_be_configured(judge: Judge) -> None:
    assert not judge("image-tag-unique", named("r.io/a:v7"), pattern=r"v\d+")


def test_the_platforms_can_be_configured(judge: Judge) -> None:
    props = built(platform="linux/arm64")
    assert not judge("image-platform-pinned", props, allowed=["linux/arm64"])


def test_the_registries_with_tokens_can_be_configured(judge: Judge) -> None:
    props = pushed("me", "quay.io")
    assert judge("image-push-by-token", props, hosts=["quay.io"])


def test_a_build_argument_that_is_not_known_yet_hides_no_other(
    judge: Judge, unknown: str
) -> None:
    props = built(args={"A": unknown, "PASSWORD": "x"})
    (message,) = judge("image-build-no-secrets", props)
    assert "PASSWORD" in message


def test_a_value_that_looks_secret_is_not_repeated(judge: Judge) -> None:
    (message,) = judge("image-build-no-secrets", built(args={"PASSWORD": "hunter2"}))
    assert "hunter2" not in message


def test_an_image_of_the_stacks_own_registry_is_passed(
    judge_stack: Any, resource: Any
) -> None:
    stack = [
        resource("registry", "acrlab", {"loginServer": "lab.azurecr.io"}),
        resource("image", "app", named("lab.azurecr.io/web:1")),
    ]
    assert judge_stack("image-in-own-registry", stack) == []


def test_an_image_that_goes_elsewhere_is_told_by_its_urn(
    judge_stack: Any, resource: Any
) -> None:
    stack = [
        resource("registry", "acrlab", {"loginServer": "lab.azurecr.io"}),
        resource("image", "app", named("me/web:1")),
    ]
    ((message, urn),) = judge_stack("image-in-own-registry", stack)
    assert "app goes to docker.io. Begin" in message
    assert urn == "urn:app"


def test_other_registries_can_be_configured(judge_stack: Any, resource: Any) -> None:
    stack = [resource("image", "app", named("shared.azurecr.io/web:1"))]
    assert judge_stack("image-in-own-registry", stack)
    others = ["*.azurecr.io"]
    assert not judge_stack("image-in-own-registry", stack, others=others)
