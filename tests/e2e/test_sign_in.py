"""Every way to pull and to push, on one stack that goes from one to the next.

After each: the app runs, a second update changes nothing, and no secret is in the
state, in the outputs, or in what was said, but encrypted.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from embedded.engine.secrets import PassphraseSecrets

Clone = Any
pytestmark = pytest.mark.docker
PASSPHRASE = "embedded"
#: Mode -> the configuration that it takes; None takes a key out again.
MODES: dict[str, dict[str, object]] = {
    "identity": {"pullAuth": "identity", "push": "token"},
    "token": {"pullAuth": "token", "push": "token"},
    "admin": {"pullAuth": "admin", "push": "admin", "adminUser": True},
    "servicePrincipal": {
        "pullAuth": "servicePrincipal",
        "push": "servicePrincipal",
        "adminUser": False,
    },
}


def configured(clone: Clone, mode: str) -> dict[str, object]:
    if mode != "servicePrincipal":
        return MODES[mode]
    known = json.loads((clone.home / "azure" / "connection.json").read_text())
    principal = {"clientId": known["clientId"], "clientSecret": known["clientSecret"]}
    # An edit of the app makes a push; without one, nobody signs in.
    page = clone.root / "app/web/page.py"
    page.write_text(page.read_text().replace("<main>", "<main><!-- pushed -->"))
    return {**MODES[mode], "servicePrincipal": principal}


def ciphertexts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if "ciphertext" in value:
            yield str(value["ciphertext"])
        for one in value.values():
            yield from ciphertexts(one)
    elif isinstance(value, list):
        for one in value:
            yield from ciphertexts(one)


def decrypted(state: dict[str, Any], ciphertext: str) -> Any:
    salt = state["deployment"]["secrets_providers"]["state"]["salt"]
    return json.loads(PassphraseSecrets.open(salt, PASSPHRASE).decrypt(ciphertext))


def secrets_of(state: dict[str, Any]) -> set[str]:
    """The texts of all encrypted values."""
    values = [decrypted(state, one) for one in ciphertexts(state)]
    return {text for value in values for text in passwords(value) if text}


def passwords(value: object) -> Iterator[str]:
    """A secret text itself, and the passwords in a secret object or list."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from passwords(one)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(inner, str) or key in ("password", "secureValue"):
                yield from passwords(inner)


def plain(state: dict[str, Any]) -> str:
    """The exported state without its encrypted values."""
    return re.sub(r'"ciphertext": ?"[^"]*"', "", json.dumps(state))


@pytest.mark.parametrize("mode", MODES)
def test_the_app_runs_and_no_secret_is_in_plain(shared_clone: Clone, mode: str) -> None:
    shared_clone.configure(**configured(shared_clone, mode))
    said = shared_clone.up()
    assert shared_clone.outputs()["imageDigest"] in shared_clone.page()
    assert "unchanged: there was nothing to do" in shared_clone.up()
    state = json.loads(shared_clone.run("stack", "export"))
    secrets = secrets_of(state)
    assert secrets
    logs = [one.read_text() for one in (shared_clone.home / "logs").iterdir()]
    told = [plain(state), said, *logs, shared_clone.run("stack", "output", "--json")]
    for secret in secrets:
        for shown in (secret, base64.b64encode(secret.encode()).decode()):
            assert not any(shown in text for text in told)
    assert identity_of(state) is (mode == "identity")


def test_another_term_of_the_pull_token_changes_password_and_group_alone(
    clone: Clone,
) -> None:
    clone.configure(pullAuth="token")
    clone.up()
    before = password_of(clone)
    clone.configure(pullTokenDays=7)
    body = json.loads(clone.run("up", "--yes", "--json"))
    assert body["succeeded"], body["diagnostics"]
    steps = {
        (one["urn"].rsplit("::", 1)[-1], one["op"])
        for one in body["steps"]
        if one["op"] != "same"
    }
    names = {name for name, _ in steps}
    assert names == {"acr-lab-pull-password", "acr-lab"}
    assert ("acr-lab", "update") in steps
    assert password_of(clone) != before
    clone.page()


def password_of(clone: Clone) -> str:
    state = json.loads(clone.run("stack", "export"))
    secret = clone.resources()["acr-lab-pull-password"]["outputs"]["value"]
    return str(decrypted(state, secret["ciphertext"]))


def test_a_registry_moves_over_to_abac_and_the_group_still_pulls(clone: Clone) -> None:
    clone.up()
    outputs = clone.outputs()
    kind = "providers/Microsoft.ContainerRegistry/registries"
    path = (
        f"/resourceGroups/{outputs['resourceGroup']}/{kind}/{outputs['registryName']}"
    )
    body = {"properties": {"roleAssignmentMode": "AbacRepositoryPermissions"}}
    with clone.arm() as cloud:
        answer = cloud.patch(path, params={"api-version": "2025-11-01"}, json=body)
    assert answer.is_success, answer.text
    clone.configure(permissionMode="rbac-abac", cpu="0.5")  # made anew: it has to pull
    clone.up()
    assert outputs["imageDigest"] in clone.page()


def identity_of(state: dict[str, Any]) -> bool:
    """Whether the group pulls without any password."""
    (group,) = (
        one["inputs"]
        for one in state["deployment"]["resources"]
        if one["type"].endswith(":ContainerGroup")
    )
    given = group["imageRegistryCredentials"]
    if isinstance(given, list):
        (credential,) = given
        assert set(credential) == {"identity", "server"}
        return True
    # A list with a secret in it is one as a whole.
    (credential,) = decrypted(state, given["ciphertext"])
    assert set(credential) == {"password", "server", "username"}
    return False
