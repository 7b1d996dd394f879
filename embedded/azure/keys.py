"""An RSA key that signs tokens, kept in a file of mode 0600."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from embedded.azure import files


class SigningKey:
    """An RSA key with its id; made at the first start, and anew where the file is
    damaged: tokens that it has signed count no more then.
    """

    def __init__(self, file: Path) -> None:
        self.private = _load(file) or _make(file)
        self.public = self.private.public_key()
        numbers = self.public.public_numbers()
        self._modulus, self._exponent = _number(numbers.n), _number(numbers.e)
        digest = hashlib.sha256(self._modulus.encode()).digest()
        self.id = base64.urlsafe_b64encode(digest[:20]).decode().rstrip("=")

    def libtrust_id(self) -> str:
        """The key id that Distribution 2 knows a public key by (libtrust)."""
        der = self.public.public_bytes(
            serialization.Encoding.DER,
            serialization.PublicFormat.SubjectPublicKeyInfo,
        )
        text = base64.b32encode(hashlib.sha256(der).digest()[:30]).decode()
        return ":".join(text[at : at + 4] for at in range(0, len(text), 4))

    def certificate(self) -> bytes:
        """A self-signed certificate (PEM) that carries the public key."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "token signer")])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=3650))
            .sign(self.private, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM)

    def jwk(self) -> dict[str, str]:
        """The public half, as the JWKS shows it (RFC 7517)."""
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.id,
            "n": self._modulus,
            "e": self._exponent,
        }


def _load(file: Path) -> rsa.RSAPrivateKey | None:
    try:
        found = serialization.load_pem_private_key(file.read_bytes(), None)
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return found if isinstance(found, rsa.RSAPrivateKey) else None


def _make(file: Path) -> rsa.RSAPrivateKey:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    files.replace(file, pem, 0o600)
    return key


def _number(value: int) -> str:
    size = (value.bit_length() + 7) // 8
    return base64.urlsafe_b64encode(value.to_bytes(size, "big")).decode().rstrip("=")
