"""The keys of the image: what is allowed, and what is refused by name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import secret_texts
from infra.settings import SettingsInvalid, read
from infra.settings.image import OWN_ARGUMENTS, REFUSED, ImageSettings
from policy import secret_texts as policy_texts


def settings(**values: Any) -> ImageSettings:
    texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in values.items()}
    return read(texts, region="westeurope").image


def mistake(secret: bool = False, /, **values: Any) -> str:
    """The one thing that is wrong."""
    texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in values.items()}
    with pytest.raises(SettingsInvalid) as caught:
        read(texts, frozenset(values) if secret else frozenset(), "westeurope")
    (one,) = caught.value.mistakes
    return str(one)


def test_every_key_of_the_image_is_taken() -> None:
    assert settings(
        buildArguments={"VERSION": "1.2", "DEBUG": True},
        buildTarget="slim",
        cacheFrom=["lab.azurecr.io/acr-lab/web:1"],
        buildOnPreview=True,
        imageSource="https://github.com/me/app",
        imageCreated="2026-11-24T09:30:00Z",
        pin="digest",
    ) == ImageSettings(
        arguments={"VERSION": "1.2", "DEBUG": "true"},
        target="slim",
        cache_from=("lab.azurecr.io/acr-lab/web:1",),
        build_on_preview=True,
        source="https://github.com/me/app",
        created="2026-11-24T09:30:00Z",
        pin="digest",
    )


@pytest.mark.parametrize("platform", ["linux/arm64", "linux", "windows/arm64", ""])
def test_a_platform_that_container_instances_does_not_run_is_refused(
    platform: str,
) -> None:
    assert "linux/amd64, windows/amd64" in mistake(platform=platform)


@pytest.mark.parametrize(
    "name", ["NPM_TOKEN", "password", "apiKey", "client-secret", "AWS_ACCESS_KEY_ID"]
)
def test_a_build_argument_that_looks_like_a_secret_is_refused_and_not_shown(
    name: str,
) -> None:
    said = mistake(buildArguments={name.replace("-", "_"): "hunter2"})
    assert "looks like a secret" in said
    assert "hunter2" not in said


def test_a_build_argument_whose_value_looks_like_a_secret_is_refused_too() -> None:
    said = mistake(buildArguments={"INDEX": "https://me:hunter2@pypi.example/simple"})
    assert "INDEX looks like a secret" in said
    assert "hunter2" not in said


def test_build_arguments_that_are_set_as_a_secret_are_refused() -> None:
    said = mistake(True, buildArguments={"A": "hunter2"})
    assert "docker history" in said
    assert "hunter2" not in said


@pytest.mark.parametrize("name", OWN_ARGUMENTS)
def test_the_program_s_own_build_arguments_are_refused(name: str) -> None:
    said = mistake(buildArguments={name: "x"})
    assert f"{name} is set by {OWN_ARGUMENTS[name]}" in said


@pytest.mark.parametrize("given", [{"1A": "x"}, {"A": ["x"]}, ["A"], {"A-B": "x"}])
def test_other_build_arguments_are_refused(given: Any) -> None:
    assert "a map of build arguments" in mistake(buildArguments=given)


@pytest.mark.parametrize("key", REFUSED)
def test_a_key_that_there_cannot_be_is_refused_with_what_to_do(key: str) -> None:
    said = mistake(**{key: {"npm": "hunter2"}})
    assert f"acr-lab:{key} is [secret]. {REFUSED[key]}" in said


def test_such_a_key_is_no_suggestion() -> None:
    assert "buildSecrets" not in mistake(colour="blue")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("imageSource", "github.com/me/app"),
        ("imageSource", "https://me:hunter2@github.com/me/app"),
        ("imageSource", "https://github.com/a b"),
        ("imageCreated", "2026-11-24"),
        ("imageCreated", "2026-11-24T09:30:00"),
        ("imageCreated", "2026-02-30T09:30:00Z"),
        ("imageCreated", "yesterday"),
        ("buildTarget", "a stage"),
        ("cacheFrom", ["a b"]),
        ("pin", "latest"),
        ("buildOnPreview", "yes"),
    ],
)
def test_other_values_are_refused(key: str, value: Any) -> None:
    assert f"acr-lab:{key}" in mistake(**{key: value})


@pytest.mark.parametrize(
    "time", ["2026-11-24T09:30:00.123456789+01:00", "2026-11-24t09:30:00z"]
)
def test_a_time_is_kept_as_it_is_written(time: str) -> None:
    assert settings(imageCreated=time).created == time


WORDS = ["NPM", "token", "Key", "API", "PASSWORD", "_", "-", "cache", "eyJa.eyJb.c"]
TEXTS = st.one_of(st.lists(st.sampled_from(WORDS), max_size=4).map("".join), st.text())


@given(TEXTS, TEXTS)
def test_the_policy_pack_says_the_same_of_a_secret(name: str, value: str) -> None:
    same = secret_texts.looks_secret(name, value)
    assert policy_texts.looks_secret(name, value) is same
    assert (policy_texts.NAMES, policy_texts.FORMS) == (
        secret_texts.NAMES,
        secret_texts.FORMS,
    )
