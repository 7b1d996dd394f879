"""Signing in: what Entra gives, and what it refuses."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

Azure = Any
GROUPS = {"api-version": "2021-04-01"}


def form(azure: Azure, **changed: str) -> dict[str, str]:
    known = azure.connection
    return {
        "grant_type": "client_credentials",
        "client_id": known["clientId"],
        "client_secret": known["clientSecret"],
        "scope": f"{azure.url}/.default",
        **changed,
    }


def post(
    azure: Azure, data: dict[str, str], path: str = "v2.0/token"
) -> httpx.Response:
    with azure.http() as client:
        url = f"{azure.url}/{azure.connection['tenantId']}/oauth2/{path}"
        answer: httpx.Response = client.post(url, data=data)
    return answer


def test_a_token_verifies_against_the_published_keys(azure: Azure) -> None:
    token = post(azure, form(azure)).json()["access_token"]
    tenant = azure.connection["tenantId"]
    with azure.http() as client:
        base = f"{azure.url}/{tenant}/v2.0/.well-known/openid-configuration"
        document = client.get(base).json()
        keys = client.get(document["jwks_uri"]).json()["keys"]
    key = jwt.PyJWK(keys[0])
    claims = jwt.decode(token, key, ["RS256"], audience=azure.url)
    assert claims["iss"] == document["issuer"]
    assert claims["tid"] == tenant
    assert claims["appid"] == azure.connection["clientId"]
    assert 3500 < claims["exp"] - time.time() <= 3600


def test_the_secret_can_stand_behind_an_option_of_a_command(azure: Azure) -> None:
    # One that begins with a dash is an option itself, to az as to docker.
    assert azure.connection["clientSecret"].isalnum()


def test_version_one_answers_in_strings_with_the_resource(azure: Azure) -> None:
    data = form(azure, resource="https://management.azure.com/")
    body = post(azure, data, "token").json()
    assert body["resource"] == "https://management.azure.com/"
    assert body["expires_in"] == "3600"


def test_basic_authentication_is_as_good_as_the_form(azure: Azure) -> None:
    known = azure.connection
    data = {"grant_type": "client_credentials", "scope": f"{azure.url}/.default"}
    with azure.http(auth=(known["clientId"], known["clientSecret"])) as client:
        url = f"{azure.url}/{known['tenantId']}/oauth2/v2.0/token"
        assert client.post(url, data=data).status_code == 200


@pytest.mark.parametrize(
    ("changed", "status", "error", "number"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_id": "nobody"}, 400, "unauthorized_client", 700016),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"scope": "https://example.com/.default"}, 400, "invalid_resource", 500011),
        ({"scope": ""}, 400, "invalid_request", 900144),
    ],
)
def test_a_bad_request_gets_entra_s_own_error(
    azure: Azure, changed: dict[str, str], status: int, error: str, number: int
) -> None:
    answer = post(azure, form(azure, **changed))
    assert answer.status_code == status
    assert answer.json()["error"] == error
    assert answer.json()["error_codes"] == [number]
    assert answer.json()["error_description"].startswith(f"AADSTS{number}:")


def test_another_tenant_is_unknown(azure: Azure) -> None:
    with azure.http() as client:
        url = f"{azure.url}/somewhere-else/oauth2/v2.0/token"
        body = client.post(url, data=form(azure)).json()
    assert body["error_codes"] == [90002]


def forged(azure: Azure, **changed: object) -> str:
    """A token like Entra's, signed with a key of our own."""
    token = azure.token()
    claims = jwt.decode(token, options={"verify_signature": False})
    header = jwt.get_unverified_header(token)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode({**claims, **changed}, key, "RS256", {"kid": header["kid"]})


def unsigned(azure: Azure) -> str:
    _, claims, _ = azure.token().split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode()
    return f"{header.rstrip('=')}.{claims}."


def status_of(azure: Azure, header: str | None) -> tuple[int, str]:
    headers = {} if header is None else {"Authorization": header}
    with azure.http(headers=headers) as client:
        url = f"{azure.url}{azure.subscription}/resourcegroups"
        answer = client.get(url, params=GROUPS)
    return answer.status_code, answer.json()["error"]["code"]


def test_without_a_token_there_is_no_answer(azure: Azure) -> None:
    assert status_of(azure, None) == (401, "AuthenticationFailed")
    assert status_of(azure, "Basic eDp5") == (401, "AuthenticationFailed")


def test_tokens_that_entra_did_not_sign_are_refused(azure: Azure) -> None:
    refused = (401, "InvalidAuthenticationToken")
    assert status_of(azure, f"Bearer {forged(azure)}") == refused
    assert status_of(azure, f"Bearer {unsigned(azure)}") == refused
    assert status_of(azure, "Bearer rubbish") == refused


def test_a_token_for_the_registry_is_no_good_at_arm(azure: Azure) -> None:
    token = azure.token("https://containerregistry.azure.net")
    refused = (401, "InvalidAuthenticationToken")
    assert status_of(azure, f"Bearer {token}") == refused


def test_a_tampered_token_is_refused(azure: Azure) -> None:
    head, _, signature = azure.token().split(".")
    claims = jwt.decode(azure.token(), options={"verify_signature": False})
    claims["oid"] = "00000000-0000-0000-0000-000000000000"
    text = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    token = f"{head}.{text}.{signature}"
    assert status_of(azure, f"Bearer {token}")[0] == 401
