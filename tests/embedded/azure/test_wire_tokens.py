"""Tokens that somebody else made, or that are over: ARM lets none of them in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

Azure = Any
Json = dict[str, Any]
GROUPS = {"api-version": "2021-04-01"}


def claims(azure: Azure) -> Json:
    """Those of a good token."""
    found: Json = jwt.decode(azure.token(), options={"verify_signature": False})
    return found


def signed(azure: Azure, wanted: Json) -> str:
    """By Entra itself: nothing but the claims can be wrong."""
    pem = (azure.home / "certificates" / "entra.key").read_bytes()
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, RSAPrivateKey)
    header = jwt.get_unverified_header(azure.token())
    return jwt.encode(wanted, key, "RS256", {"kid": header["kid"]})


def part(value: Json) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def unsigned(azure: Azure, algorithm: str = "none") -> str:
    return f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(claims(azure))}."


def foreign(azure: Azure) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    header = jwt.get_unverified_header(azure.token())
    return jwt.encode(claims(azure), key, "RS256", {"kid": header["kid"]})


def with_public_key(azure: Azure) -> str:
    """HS256, where the secret is the key that everybody may read."""
    pem = (azure.home / "certificates" / "entra.key").read_bytes()
    key = serialization.load_pem_private_key(pem, None)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    text = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims(azure))}"
    mac = hmac.new(public, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def own_key(azure: Azure) -> str:
    """The key comes along in the header (``jwk``), as RFC 7515 allows."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return jwt.encode(claims(azure), key, "RS256", {"jwk": jwk})


def refused(azure: Azure, token: str) -> str:
    """The code of the refusal: a 401 with ARM's error and a challenge."""
    with azure.http(headers={"Authorization": f"Bearer {token}"}) as client:
        url = f"{azure.url}{azure.subscription}/resourcegroups"
        answer: httpx.Response = client.get(url, params=GROUPS)
    assert answer.status_code == 401, answer.text
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    error = answer.json()["error"]
    assert error["message"]
    return str(error["code"])


def test_a_token_that_entra_signs_is_good_as_it_is(azure: Azure) -> None:
    """So the tests below say something."""
    token = signed(azure, claims(azure))
    with azure.http(headers={"Authorization": f"Bearer {token}"}) as client:
        url = f"{azure.url}{azure.subscription}/resourcegroups"
        assert client.get(url, params=GROUPS).status_code == 200


@pytest.mark.parametrize(
    "forge",
    [
        unsigned,
        lambda azure: unsigned(azure, "NONE"),
        foreign,
        with_public_key,
        own_key,
    ],
    ids=["unsigned", "unsigned in capitals", "foreign key", "HS256", "key of its own"],
)
def test_a_token_that_entra_did_not_sign(
    azure: Azure, forge: Callable[[Azure], str]
) -> None:
    assert refused(azure, forge(azure)) == "InvalidAuthenticationToken"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"exp": int(time.time()) - 1}, "ExpiredAuthenticationToken"),
        ({"nbf": int(time.time()) + 3600}, "InvalidAuthenticationToken"),
        ({"tid": str(uuid.uuid4())}, "InvalidAuthenticationTokenTenant"),
        ({"iss": "https://localhost/other/v2.0"}, "InvalidAuthenticationTokenTenant"),
        ({"aud": "https://vault.azure.net"}, "InvalidAuthenticationToken"),
        ({"aud": []}, "InvalidAuthenticationToken"),
        ({"oid": str(uuid.uuid4())}, "InvalidAuthenticationToken"),
        ({"oid": ["a", "b"]}, "InvalidAuthenticationToken"),
        ({"exp": "soon"}, "InvalidAuthenticationToken"),
    ],
)
def test_a_token_with_a_wrong_claim(azure: Azure, changed: Json, code: str) -> None:
    assert refused(azure, signed(azure, {**claims(azure), **changed})) == code


@pytest.mark.parametrize("missing", ["exp", "iat", "aud", "iss", "oid"])
def test_a_token_without_a_claim_that_it_needs(azure: Azure, missing: str) -> None:
    wanted = {k: v for k, v in claims(azure).items() if k != missing}
    assert refused(azure, signed(azure, wanted)) == "InvalidAuthenticationToken"


def test_a_token_without_its_tenant_is_another_tenant_s(azure: Azure) -> None:
    wanted = {k: v for k, v in claims(azure).items() if k != "tid"}
    assert refused(azure, signed(azure, wanted)) == "InvalidAuthenticationTokenTenant"


@settings(max_examples=50, deadline=None)
@given(text=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_any_text_in_place_of_a_token(azure: Azure, text: str) -> None:
    refused(azure, text)
