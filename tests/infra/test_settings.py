"""The configuration: read as a whole, refused as a whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from infra.settings import Settings, SettingsInvalid, read

PROJECT = Path(__file__).resolve().parents[2]
REGION = "westeurope"


def declared() -> dict[str, Any]:
    body: dict[str, Any] = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())
    config: dict[str, Any] = body["config"]
    return config


def defaults() -> dict[str, str]:
    """What the engine hands over when nothing is configured."""
    values = {key: one["default"] for key, one in declared().items()}
    return {k: v if isinstance(v, str) else json.dumps(v) for k, v in values.items()}


def mistakes(**values: str) -> list[str]:
    with pytest.raises(SettingsInvalid) as caught:
        read({**defaults(), **values}, region=REGION)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_the_defaults_of_the_project_are_those_of_the_code() -> None:
    assert read(defaults(), region=REGION) == read({}, region=REGION)
    assert read({}, region=REGION) == Settings(REGION)


def test_every_key_is_declared_and_described() -> None:
    (report,) = mistakes(colour="blue")
    for key, one in declared().items():
        assert one["description"]
        assert key in read_keys(), report


def read_keys() -> set[str]:
    """Keys that the program reads: those that are no mistake."""
    try:
        read(dict.fromkeys([*declared(), "surely-not"], "?"), region=REGION)
    except SettingsInvalid as error:
        unknown = {m.key for m in error.mistakes if "no key" in m.value}
        return set(declared()) - unknown
    raise AssertionError("a wrong key was taken")


def test_all_mistakes_come_in_one_report_and_name_key_value_and_rule() -> None:
    found = mistakes(sku="Gold", cpu="-1", port="70000", dnsLabel="x", imageName="A:b")
    assert len(found) == 5
    for key, value in {"sku": '"Gold"', "cpu": '"-1"', "port": '"70000"'}.items():
        (one,) = [text for text in found if f"acr-lab:{key} " in text]
        assert value in one
        assert "must be" in one


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sku", "Classic"),
        ("registryName", "my-registry"),
        ("registryName", "abc"),
        ("imageName", "Team/Web"),
        ("imageName", "web:1"),
        ("cpu", "0"),
        ("cpu", "0.125"),
        ("cpu", "nan"),
        ("memory", "inf"),
        ("memory", "lots"),
        ("port", "0"),
        ("port", "8080.5"),
        ("restartPolicy", "Sometimes"),
        ("environment", "[]"),
        ("environment", '{"1X": "a"}'),
        ("environment", '{"PORT": "1"}'),
        ("environment", '{"A": {}}'),
        ("dnsLabel", "Upper"),
        ("dnsLabel", "ends-"),
        ("dnsLabelReuseScope", "Anyone"),
        ("livenessPath", "healthz"),
        ("probePeriodSeconds", "0"),
        ("roleRetries", "-1"),
        ("location", "west-europe!"),
    ],
)
def test_a_value_that_azure_would_refuse_is_refused_here(key: str, value: str) -> None:
    (one,) = mistakes(**{key: value})
    assert one.startswith(f"acr-lab:{key} is ")


def test_a_key_that_is_nearly_right_gets_a_hint() -> None:
    (one,) = mistakes(skuu="Basic")
    assert "sku" in one.split("Did you mean")[1]


def test_secrets_are_masked_in_the_report() -> None:
    (one,) = mistakes(secureEnvironment='{"1bad": "hunter2"}')
    assert "hunter2" not in one
    assert "[secret]" in one


def test_the_same_name_plain_and_secure_is_a_mistake() -> None:
    (one,) = mistakes(environment='{"A": "1"}', secureEnvironment='{"A": "2"}')
    assert "A must not be in secureEnvironment" in one


def test_a_location_is_needed_from_somewhere() -> None:
    assert read({"location": "West Europe"}).location == "westeurope"
    assert read({}, region="East US").location == "eastus"
    with pytest.raises(SettingsInvalid, match="azure-native:location"):
        read({})


def test_a_sku_in_another_case_gets_a_hint() -> None:
    (one,) = mistakes(sku="premium")
    assert "Premium" in one


@given(st.integers(1, 3100))
def test_every_hundredth_of_a_core_is_a_valid_cpu(hundredths: int) -> None:
    text = f"{hundredths / 100:.2f}"
    assert read({"cpu": text}, region=REGION).instance.app.cpu == float(text)


@given(st.text(max_size=12))
def test_any_text_is_a_port_or_a_mistake_and_never_a_crash(text: str) -> None:
    try:
        found = read({"port": text}, region=REGION).instance.app.ports[0].number
    except SettingsInvalid as error:
        found = len(error.mistakes)
    assert 1 <= found <= 65535
