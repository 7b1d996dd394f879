"""What a user gets wrong: a clear error, the right exit code, and nothing is touched.

Nothing is deployed in the one clone that the tests share, and at the end an update of
it works: whatever a test spoilt, it has put back.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

Clone = Any
pytestmark = pytest.mark.docker


@pytest.fixture
def clone(shared_clone: Clone) -> Iterator[Clone]:
    """As committed, before and after; a test may change files of it."""
    root = shared_clone.root
    names = ["Pulumi.local.yaml", "__main__.py", "app/Dockerfile"]
    before = {name: (root / name).read_bytes() for name in names}
    environment = dict(shared_clone.environment)
    yield shared_clone
    shared_clone.environment.clear()
    shared_clone.environment.update(environment)
    for name, content in before.items():
        (root / name).write_bytes(content)


def refused(clone: Clone, code: int, *arguments: str) -> str:
    """What `up`, or another command, says; and that there is nothing afterwards."""
    said: str = clone.run(*(arguments or ("up", "--yes")), code=code)
    assert "Traceback" not in said
    assert "embedded/" not in said.replace(str(clone.root), ""), "a place in our code"
    return said


def nothing(clone: Clone) -> bool:
    """No resource in the state but the stack's own, nor in the local Azure."""
    left = set(clone.resources()) - {"acr-lab-local"}
    with clone.arm() as arm:
        version = {"api-version": "2021-04-01"}
        groups = arm.get("/resourcegroups", params=version).json()["value"]
    return not left and not groups and not clone.containers()


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [
        ({"sku": "Gold"}, "Basic"),
        ({"registryName": "my-registry"}, "5 to 50 letters and digits"),
        ({"registryName": "abc"}, "5 to 50 letters and digits"),
        ({"cpu": -1}, "a number from 0.01"),
        ({"cpu": 0}, "a number from 0.01"),
        ({"port": 0}, "a whole number from 1 to 65535"),
        ({"port": 70000}, "a whole number from 1 to 65535"),
        ({"port": "eighty"}, "must be of type integer"),
        ({"colour": "blue"}, "no key of this program"),
        ({"skuu": "Basic"}, "acr-lab:sku"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(
    clone: Clone, settings: dict[str, object], allowed: str
) -> None:
    clone.configure(**settings)
    said = refused(clone, 2)
    assert allowed in said
    for key, value in settings.items():
        assert f"acr-lab:{key}" in said
        assert str(value) in said or key in ("colour", "skuu")
    assert nothing(clone)


def test_a_configuration_that_is_no_yaml_is_named_with_its_line(clone: Clone) -> None:
    file = clone.root / "Pulumi.local.yaml"
    file.write_text(f"{file.read_text()}  : [\n")
    said = refused(clone, 2)
    assert "Pulumi.local.yaml is not valid YAML" in said
    assert "line" in said


def test_a_missing_dockerfile_is_named_before_anything_is_made(clone: Clone) -> None:
    (clone.root / "app" / "Dockerfile").unlink()
    assert "There is no app/Dockerfile to build an image of." in refused(clone, 2)
    assert "There is no app/Dockerfile" in refused(clone, 2, "preview")
    assert nothing(clone)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('raise RuntimeError("of the program")', "RuntimeError: of the program"),
        ("def (", "SyntaxError"),
        ("import no_such_module", "No module named 'no_such_module'"),
        ("import sys; sys.exit(5)", "the program ended with exit code 5"),
    ],
)
def test_a_program_that_raises_is_told_from_its_own_line_on(
    clone: Clone, line: str, said: str
) -> None:
    main = clone.root / "__main__.py"
    text = main.read_text()
    assert "settings = Settings.load()" in text
    main.write_text(text.replace("settings = Settings.load()", line))
    shown = clone.run("up", "--yes", code=1)
    assert said in shown
    assert "site-packages" not in shown
    assert "engine/child.py" not in shown
    if "exit" not in line:
        assert f'{main}", line' in shown
        assert line in shown
    assert nothing(clone)


@pytest.mark.parametrize("kind", ["up", "destroy"])
def test_without_a_docker_engine_nothing_is_begun(clone: Clone, kind: str) -> None:
    clone.environment["DOCKER_HOST"] = "unix:///nonexistent"
    said = refused(clone, 3, kind, "--yes")
    assert "No Docker Engine answers at unix:///nonexistent" in said
    assert "DOCKER_HOST" in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EMBEDDED_PORT", "eighty"),
        ("EMBEDDED_PORT", "70000"),
        ("EMBEDDED_PORT", "0"),
        ("EMBEDDED_ROLE_DELAY", "soon"),
        ("EMBEDDED_PATIENCE", "-1"),
    ],
)
def test_a_variable_that_is_none_is_named(clone: Clone, name: str, value: str) -> None:
    clone.environment[name] = value
    said = refused(clone, 2)
    assert f"{name} is '{value}'" in said


def test_a_port_that_is_taken_is_named_with_a_way_out(clone: Clone) -> None:
    clone.run("azure", "stop", code=None)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        clone.environment["EMBEDDED_PORT"] = str(port)
        said = refused(clone, 3)
    assert f"Port {port} of this machine is taken" in said
    assert "EMBEDDED_PORT=" in said


def test_a_registry_name_that_is_taken_is_told(clone: Clone) -> None:
    clone.run("azure", "start")
    kind = "providers/Microsoft.ContainerRegistry/registries"
    west = {"location": "westeurope"}
    version = {"api-version": "2021-04-01"}
    with clone.arm() as arm:
        arm.put("/resourcegroups/other", params=version, json=west)
        theirs = f"/resourcegroups/other/{kind}/takenname"
        about = {"api-version": "2023-07-01"}
        body = {**west, "sku": {"name": "Basic"}}
        answer = arm.put(theirs, params=about, json=body)
        assert answer.is_success, answer.text
        before = arm.get(theirs, params=about).json()
        clone.configure(registryName="takenname")
        said = refused(clone, 1)
        assert "takenname.azurecr.io is already in use" in said, said
        assert "azure-native:containerregistry:Registry (acrlab)" in said
        assert arm.get(theirs, params=about).json() == before
        assert not {"acrlab", "app", "acr-lab-pull"} & set(clone.resources())
        arm.delete("/resourcegroups/other", params=version)


def test_when_all_is_put_right_an_update_works(clone: Clone) -> None:
    clone.up()
    assert clone.outputs()["imageDigest"] in clone.page()
