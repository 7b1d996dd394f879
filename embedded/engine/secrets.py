"""Secrets under a passphrase, in the CLI's own scheme.

PBKDF2-HMAC-SHA256 with 1,000,000 rounds gives a key for AES-256-GCM; a value is
``v1:<nonce>:<ciphertext>`` in base64 (pulumi/pulumi, sdk/go/common/resource/config/
crypt.go and pkg/secrets/passphrase/manager.go).
"""

from __future__ import annotations

import base64
import os
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from embedded.engine.errors import (
    PassphraseFileUnreadable,
    SecretUnreadable,
    WrongPassphrase,
)

ROUNDS = 1_000_000
#: The word whose ciphertext stands in the salt: it tells a wrong passphrase.
PROOF = "pulumi"


class PassphraseSecrets:
    """Encrypts and decrypts the secrets of one stack.

    ``salt`` is the ``encryptionsalt`` of the stack's settings file. A text that was
    decrypted or encrypted before gets its old ciphertext again, so that an unchanged
    secret does not change the state.
    """

    def __init__(self, salt: str, key: bytes) -> None:
        self.salt = salt
        self._cipher = AESGCM(key)
        self._known: dict[str, str] = {}

    @classmethod
    def create(cls, passphrase: str) -> PassphraseSecrets:
        """New secrets, with a fresh salt."""
        salt = os.urandom(8)
        made = cls("", derive(passphrase, salt))
        made.salt = f"v1:{_b64(salt)}:{made.encrypt(PROOF)}"
        return made

    @classmethod
    def open(cls, salt: str, passphrase: str, stack: str = "") -> PassphraseSecrets:
        """The secrets of a known salt. Raises WrongPassphrase."""
        try:
            salt_bytes, proof = _parse(salt)
            opened = cls(salt, derive(passphrase, salt_bytes))
            if opened.decrypt(proof) != PROOF:
                raise WrongPassphrase(stack)
        except (ValueError, SecretUnreadable) as error:
            raise WrongPassphrase(stack) from error
        return opened

    def encrypt(self, text: str) -> str:
        """``v1:<nonce>:<ciphertext>``."""
        if text not in self._known:
            nonce = os.urandom(12)
            sealed = self._cipher.encrypt(nonce, text.encode(), None)
            self._known[text] = f"v1:{_b64(nonce)}:{_b64(sealed)}"
        return self._known[text]

    def decrypt(self, ciphertext: str) -> str:
        """The text. Raises SecretUnreadable if it is not one of ours."""
        try:
            _, nonce, sealed = ciphertext.split(":", 2)
            opened = self._cipher.decrypt(
                base64.b64decode(nonce), base64.b64decode(sealed), None
            )
            text = opened.decode()
        except (ValueError, InvalidTag) as error:
            raise SecretUnreadable from error
        self._known.setdefault(text, ciphertext)
        return text

    @property
    def provider(self) -> dict[str, object]:
        """The ``secrets_providers`` object of the state."""
        return {"type": "passphrase", "state": {"salt": self.salt}}


_lock = threading.Lock()
_keys: dict[tuple[str, bytes], Future[bytes]] = {}


def derive(passphrase: str, salt: bytes) -> bytes:
    """The key; some tenths of a second of work, so it is remembered."""
    return _derive(passphrase, salt).result()


def begin(salt: str, passphrase: str) -> None:
    """Derive the key of an ``encryptionsalt`` in a thread, for ``open`` to find.

    A salt that is damaged is for ``open`` to tell of.
    """
    with suppress(ValueError):
        _derive(passphrase, _parse(salt)[0])


def _derive(passphrase: str, salt: bytes) -> Future[bytes]:
    text = passphrase.encode()
    with _lock:
        known = _keys.get((passphrase, salt))
        if known is not None:
            return known
        future = _keys[passphrase, salt] = Future()

    def work() -> None:  # other threads run meanwhile
        # Not hashlib's: with most builds of Python it takes twice as long.
        future.set_result(PBKDF2HMAC(SHA256(), 32, salt, ROUNDS).derive(text))

    threading.Thread(target=work, daemon=True).start()
    return future


def _parse(salt: str) -> tuple[bytes, str]:
    """The salt and the proof of an ``encryptionsalt``. Raises ValueError."""
    version, text, proof = salt.split(":", 2)
    if version != "v1":
        raise ValueError(version)
    return base64.b64decode(text), proof


def passphrase(environment: Mapping[str, str]) -> str | None:
    """PULUMI_CONFIG_PASSPHRASE, else the content of …_FILE; an empty one is legal.

    Raises PassphraseFileUnreadable.
    """
    if "PULUMI_CONFIG_PASSPHRASE" in environment:
        return environment["PULUMI_CONFIG_PASSPHRASE"]
    file = environment.get("PULUMI_CONFIG_PASSPHRASE_FILE")
    if not file:
        return None
    try:
        return Path(file).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise PassphraseFileUnreadable(file, error) from error


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
