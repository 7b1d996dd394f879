"""The process itself, and what ARM does before any service is asked."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

Azure = Any
GROUPS = {"api-version": "2021-04-01"}
PROJECT = Path(__file__).resolve().parents[3]


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_only_loopback_addresses_are_listened_on(azure: Azure) -> None:
    with socket.socket() as probe:
        probe.connect(("127.0.0.1", azure.port))
    lines = Path(f"/proc/{azure.process.pid}/net/tcp").read_text().splitlines()
    port = f"{azure.port:04X}"
    rows = [line.split()[1] for line in lines if f":{port} 00000000:0000" in line]
    assert rows == [f"0100007F:{port}"]


def test_files_with_keys_are_for_the_owner_only(azure: Azure) -> None:
    secret = ["connection.json", "azure.sqlite", "certificates/server.key"]
    for name in [*secret, "certificates/entra.key"]:
        mode = (azure.home / name).stat().st_mode
        assert stat.S_IMODE(mode) == 0o600, name


def test_a_client_that_does_not_trust_the_ca_is_told_so(azure: Azure) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE"):
        httpx.get(f"{azure.url}/metadata/endpoints", trust_env=False)


def test_an_answer_never_waits_for_the_client_s_acknowledgement(
    azure: Azure, client: httpx.Client
) -> None:
    path = f"{azure.subscription}/resourcegroups"
    took = []
    for _ in range(20):
        took.append(client.get(path, params=GROUPS).elapsed.total_seconds())
    # A busy machine makes some slow; the 40 ms of Nagle's algorithm are in all.
    assert min(took) < 0.03


@pytest.mark.parametrize("version", ["2019-05-01", "2022-09-01"])
def test_the_metadata_names_https_addresses_only(azure: Azure, version: str) -> None:
    with azure.http() as client:
        url = f"{azure.url}/metadata/endpoints"
        body = client.get(url, params={"api-version": version}).json()
    document = body[0] if version < "2022" else body
    assert document["resourceManager"] == f"{azure.url}/"
    assert document["authentication"]["audiences"][0] == f"{azure.url}/"
    assert "http://" not in json.dumps(document)


def test_records_outlive_a_kill_and_the_same_port_answers_again(
    start_azure: Callable[..., Azure],
) -> None:
    first = start_azure()
    path = f"{first.subscription}/resourcegroups/kept"
    with first.arm() as client:
        client.put(path, params=GROUPS, json={"location": "westeurope"})
    first.stop(9)
    second = start_azure(first.home, first.port)
    with second.arm() as client:
        assert client.get(path, params=GROUPS).json()["name"] == "kept"


def test_sigterm_ends_it_with_exit_code_0(start_azure: Callable[..., Azure]) -> None:
    assert start_azure().stop() == 0


def test_a_home_that_is_in_use_and_a_port_that_is_taken_are_named(
    azure: Azure, tmp_path: Path
) -> None:
    def run(home: Path) -> str:
        command = [sys.executable, "-m", "embedded.azure", "--home", str(home)]
        done = subprocess.run(
            [*command, "--port", str(azure.port)],
            cwd=PROJECT,
            env=os.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        return done.stderr

    assert f"another local Azure uses {azure.home}" in run(azure.home)
    assert f"port {azure.port} cannot be used" in run(tmp_path)


def test_an_api_version_is_required_and_must_be_one(
    client: httpx.Client, azure: Azure
) -> None:
    path = f"{azure.subscription}/resourcegroups"
    assert code(client.get(path)) == (400, "MissingApiVersionParameter")
    wrong = client.get(path, params={"api-version": "soon"})
    assert code(wrong) == (400, "InvalidApiVersionParameter")


def test_a_version_that_a_type_does_not_have_lists_those_it_has(
    client: httpx.Client, azure: Azure
) -> None:
    kind = "Microsoft.ManagedIdentity/userAssignedIdentities"
    path = f"{azure.subscription}/providers/{kind}"
    answer = client.get(path, params={"api-version": "1999-01-01"})
    assert code(answer) == (400, "NoRegisteredProviderFound")
    assert "2023-01-31" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/providers/Microsoft.Nothing/xs", (404, "InvalidResourceNamespace")),
        ("/providers/Microsoft.ContainerRegistry/xs", (404, "InvalidResourceType")),
        ("/nothing/at/all", (404, "InvalidResourceType")),
    ],
)
def test_what_is_not_offered_is_named(
    client: httpx.Client, azure: Azure, path: str, expected: tuple[int, str]
) -> None:
    answer = client.get(f"{azure.subscription}{path}", params=GROUPS)
    assert code(answer) == expected


def test_another_subscription_is_not_found(client: httpx.Client) -> None:
    answer = client.get("/subscriptions/other/resourcegroups", params=GROUPS)
    assert code(answer) == (404, "SubscriptionNotFound")


def test_a_method_that_a_path_does_not_have_is_not_allowed(
    client: httpx.Client, azure: Azure
) -> None:
    answer = client.delete(f"{azure.subscription}/resourcegroups", params=GROUPS)
    assert code(answer) == (405, "MethodNotAllowed")


@pytest.mark.parametrize("body", ["{", "[]", '"x"', "[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(
    client: httpx.Client, azure: Azure, body: str
) -> None:
    path = f"{azure.subscription}/resourcegroups/x"
    answer = client.put(path, params=GROUPS, content=body)
    assert code(answer) == (400, "InvalidRequestContent")


def test_a_body_that_is_too_large_is_refused(
    client: httpx.Client, azure: Azure
) -> None:
    path = f"{azure.subscription}/resourcegroups/x"
    answer = client.put(path, params=GROUPS, content=b" " * (5 * 1024 * 1024))
    assert code(answer) == (413, "RequestContentTooLarge")


@pytest.mark.parametrize("name", ["%2e%2e", "a%2f..%2fb", "a%00b", "x" * 300, "a%0ab"])
def test_names_that_no_resource_can_have_are_refused(
    client: httpx.Client, azure: Azure, name: str
) -> None:
    url = f"{azure.url}{azure.subscription}/resourcegroups/{name}"
    request = client.build_request("PUT", url, params=GROUPS, json={"location": "x"})
    assert 400 <= client.send(request).status_code < 405


def test_every_answer_carries_arm_s_headers(client: httpx.Client, azure: Azure) -> None:
    answer = client.get(f"{azure.subscription}/resourcegroups", params=GROUPS)
    assert {"x-ms-request-id", "x-ms-correlation-request-id"} <= set(answer.headers)
