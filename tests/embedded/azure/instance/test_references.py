"""Image references: what is one, and which registry it is from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded.azure.instance.references import Reference, credential_for, server
from embedded.azure.instance.spec import Credential

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "host", "local_name"),
    [
        ("nginx", "index.docker.io", "nginx:latest"),
        ("me/app:1", "index.docker.io", "me/app:1"),
        ("localhost:5000/app", "localhost:5000", "localhost:5000/app:latest"),
        ("localhost/app:1", "localhost", "localhost/app:1"),
        ("lab.azurecr.io/a/b:1", "lab.azurecr.io", "lab.azurecr.io/a/b:1"),
        (f"lab.io/a@{DIGEST}", "lab.io", f"lab.io/a@{DIGEST}"),
        (f"lab.io/a:1@{DIGEST}", "lab.io", f"lab.io/a@{DIGEST}"),
    ],
)
def test_a_reference_has_a_registry_and_a_name(
    text: str, host: str, local_name: str
) -> None:
    reference = Reference.parse(text)
    assert reference is not None
    assert (reference.host, reference.local_name) == (host, local_name)


@pytest.mark.parametrize(
    "text",
    ["", "App", "a b", "a:", "a@sha256:1", "/a", "a/", "UPPER/app", "a//b", "a:b:c"],
)
def test_other_text_is_no_reference(text: str) -> None:
    assert Reference.parse(text) is None


@given(st.text(max_size=40))
def test_whatever_parses_says_the_same_again(text: str) -> None:
    reference = Reference.parse(text)
    if reference is not None:
        again = Reference.parse(reference.local_name)
        assert again is not None
        assert (again.name, again.version) == (reference.name, reference.version)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost:5000", True), ("127.0.0.1:5000", True), ("lab.azurecr.io", False)],
)
def test_a_registry_of_this_machine_is_known(host: str, loopback: bool) -> None:
    reference = Reference.parse(f"{host}/app")
    assert reference is not None
    assert reference.is_loopback is loopback


def test_a_credential_is_for_its_own_server_only() -> None:
    mine = Credential("https://LAB.azurecr.io/", "me", "secret")
    assert credential_for("lab.azurecr.io/app", (mine,)) is mine
    assert credential_for("other.azurecr.io/app", (mine,)) is None
    assert credential_for("lab.azurecr.io.evil.io/app", (mine,)) is None


def test_docker_hub_has_many_names() -> None:
    assert server("docker.io") == server("index.docker.io") == "index.docker.io"
