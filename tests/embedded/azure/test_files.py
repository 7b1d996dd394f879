"""Files of the local Azure when it is killed in the middle of making them."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from embedded.azure import certificates, files
from embedded.azure.keys import SigningKey
from embedded.azure.service import Settings


class Killed(Exception):
    """The process ends here."""


def kill_at(write: int, patch: pytest.MonkeyPatch) -> None:
    """The process is killed before the file of that number is put in place."""
    original, done = Path.replace, [0]

    def replace(self: Path, target: Path) -> Path:
        done[0] += 1
        if done[0] == write:
            raise Killed
        return original(self, target)

    patch.setattr(Path, "replace", replace)


@pytest.mark.parametrize("write", [1, 2, 3])
def test_certificates_that_were_half_made_are_made_anew(
    tmp_path: Path, write: int
) -> None:
    settings = Settings(tmp_path)
    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(Killed):
        kill_at(write, patch)
        certificates.prepare(settings)
    certificates.prepare(settings)
    assert_of_one_make(settings)


@pytest.mark.parametrize("name", ["key_file", "certificate_file", "ca_file"])
@pytest.mark.parametrize("damage", ["cut off", "another's"])
def test_certificates_that_are_damaged_are_made_anew(
    tmp_path: Path, name: str, damage: str
) -> None:
    settings, other = Settings(tmp_path / "a"), Settings(tmp_path / "b")
    certificates.prepare(settings)
    certificates.prepare(other)
    file: Path = getattr(settings, name)
    whole = file.read_bytes()
    theirs = getattr(other, name).read_bytes()
    file.write_bytes(whole[:100] if damage == "cut off" else theirs)
    certificates.prepare(settings)
    assert_of_one_make(settings)
    before = settings.ca_file.read_bytes()
    certificates.prepare(settings)
    assert settings.ca_file.read_bytes() == before


def assert_of_one_make(settings: Settings) -> None:
    key = serialization.load_pem_private_key(settings.key_file.read_bytes(), None)
    found = x509.load_pem_x509_certificate(settings.certificate_file.read_bytes())
    ca = x509.load_pem_x509_certificate(settings.ca_file.read_bytes())
    assert found.public_key() == key.public_key()
    found.verify_directly_issued_by(ca)


@pytest.mark.parametrize("damage", [b"", b"-----BEGIN PRIVATE KEY-----\nMIIE"])
def test_a_signing_key_that_is_damaged_is_made_anew(
    tmp_path: Path, damage: bytes
) -> None:
    file = tmp_path / "token.key"
    file.write_bytes(damage)
    made = SigningKey(file)
    assert SigningKey(file).id == made.id


def test_a_signing_key_that_was_half_written_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "token.key"
    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(Killed):
        kill_at(1, patch)
        SigningKey(file)
    assert not file.exists()
    first = SigningKey(file)
    assert SigningKey(file).id == first.id
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_is_the_old_one_until_the_new_one_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "file"
    files.replace(file, b"old", 0o600)
    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(Killed):
        kill_at(1, patch)
        files.replace(file, b"new", 0o600)
    assert file.read_bytes() == b"old"
    files.replace(file, b"new", 0o600)
    assert file.read_bytes() == b"new"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
