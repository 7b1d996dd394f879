"""What has the form of a credential is not shown."""

from __future__ import annotations

import pytest

from pipeline.redaction import redacted

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl"

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"token {JWT} end", "token [secret] end"),
        ("ghp_" + "a" * 36, "[secret]"),
        ("github_pat_" + "a" * 40, "[secret]"),
        ("pul-" + "0" * 40, "[secret]"),
        ("AccountKey=abc==;Next=1", "AccountKey=[secret];Next=1"),
        ("?sv=1&sig=" + "a" * 30 + "&st=2", "?sv=1&sig=[secret]&st=2"),
        ("https://user:hunter2@host/", "https://user:[secret]@host/"),
        ("a: Bearer abcdefghijklmnopqrst", "a: Bearer [secret]"),
        (f"a\n{KEY}\nb", "a\n[secret]\nb"),
        ("-----BEGIN PRIVATE KEY-----\ncut off", "[secret]"),
    ],
)
def test_credentials_are_taken_out(text: str, shown: str) -> None:
    assert redacted(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "localhost:5000/acr-lab/web@sha256:" + "a" * 64,
        "00000000-0000-0000-0000-000000000000",
        "the password is [secret]",
        "password: set it with --secret",
    ],
)
def test_what_is_none_stays(text: str) -> None:
    assert redacted(text) == text
