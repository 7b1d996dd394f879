"""Secrets under a passphrase, as the CLI keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded.engine.errors import (
    PassphraseFileUnreadable,
    SecretUnreadable,
    WrongPassphrase,
)
from embedded.engine.project import Project, StackSettings
from embedded.engine.secrets import PassphraseSecrets, passphrase

PROJECT = Path(__file__).resolve().parents[3]
SECRETS = PassphraseSecrets.create("x")


@given(st.text())
def test_what_is_encrypted_is_decrypted(text: str) -> None:
    assert SECRETS.decrypt(SECRETS.encrypt(text)) == text


def test_the_salt_opens_with_its_passphrase_only() -> None:
    opened = PassphraseSecrets.open(SECRETS.salt, "x")
    assert opened.decrypt(SECRETS.encrypt("y")) == "y"
    with pytest.raises(WrongPassphrase, match="PULUMI_CONFIG_PASSPHRASE"):
        PassphraseSecrets.open(SECRETS.salt, "y", "dev")


@pytest.mark.parametrize("salt", ["", "v2:a:b", "v1:!:v1:a:b", "v1:AAAA:v1:AAAA:AAAA"])
def test_a_damaged_salt_is_no_crash(salt: str) -> None:
    with pytest.raises(WrongPassphrase):
        PassphraseSecrets.open(salt, "x")


def test_an_unchanged_secret_keeps_its_ciphertext() -> None:
    opened = PassphraseSecrets.open(SECRETS.salt, "x")
    ciphertext = SECRETS.encrypt("again")
    opened.decrypt(ciphertext)
    assert opened.encrypt("again") == ciphertext
    assert opened.encrypt("another") != ciphertext


def test_a_salt_that_the_cli_wrote_opens() -> None:
    # Pulumi CLI 3.272, `pulumi stack init` with the passphrase `x`.
    salt = "v1:72PzS00C0X8=:v1:AuiXfz8GkVvj3Xq8:cM0umatO74hWoYVKiKuyIGdwMhwBzg=="
    assert PassphraseSecrets.open(salt, "x").salt == salt


def test_the_committed_local_stack_opens_with_the_published_passphrase() -> None:
    settings = StackSettings.load(Project.load(PROJECT), "local")
    assert PassphraseSecrets.open(settings.salt, "embedded").salt == settings.salt


def test_the_passphrase_may_be_empty_or_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text("from-file\n")
    assert passphrase({"PULUMI_CONFIG_PASSPHRASE": ""}) == ""
    assert passphrase({"PULUMI_CONFIG_PASSPHRASE_FILE": str(file)}) == "from-file"
    assert passphrase({}) is None


def test_a_passphrase_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = str(tmp_path / "nowhere")
    with pytest.raises(PassphraseFileUnreadable, match=file) as caught:
        passphrase({"PULUMI_CONFIG_PASSPHRASE_FILE": file})
    assert caught.value.code == 2


@pytest.mark.parametrize("text", ["", "plain", "v1:a:b", "v1:AAAAAAAAAAAAAAAA:AAAA"])
def test_what_is_no_secret_of_the_stack_is_told(text: str) -> None:
    with pytest.raises(SecretUnreadable, match="another passphrase or salt"):
        SECRETS.decrypt(text)
