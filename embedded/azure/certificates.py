"""The local CA and the server's certificate, made anew before they expire."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from embedded.azure import files
from embedded.azure.service import Settings

LIFE = timedelta(days=365)
#: A certificate with less left than this is made anew.
MARGIN = timedelta(days=30)

Key = ec.EllipticCurvePrivateKey


def prepare(settings: Settings) -> None:
    """The files that ``Settings`` names exist, and are valid and of one make, after
    this."""
    if _is_good(settings):
        return
    folder = settings.ca_file.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ca_key, ca = _make_ca()
    key, certificate = _make_server(ca_key, ca)
    # The CA comes last: until it is there, a crash lets all three be made anew.
    files.replace(settings.key_file, _key_pem(key), 0o600)
    files.replace(settings.certificate_file, _pem(certificate) + _pem(ca), 0o644)
    files.replace(settings.ca_file, _pem(ca), 0o644)


def _is_good(settings: Settings) -> bool:
    try:
        found = _read(settings.certificate_file)
        ca = _read(settings.ca_file)
        found.verify_directly_issued_by(ca)
        pem = settings.key_file.read_bytes()
        key = serialization.load_pem_private_key(pem, None)
    except (OSError, ValueError, TypeError, InvalidSignature):
        return False
    soon = datetime.now(UTC) + MARGIN
    fresh = min(one.not_valid_after_utc for one in (found, ca)) > soon
    return fresh and key.public_key() == found.public_key()


def _read(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def _make_ca() -> tuple[Key, x509.Certificate]:
    """A CA whose key is thrown away when the server's certificate is signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("acr-lab embedded Azure CA")
    builder = _builder(name, name, key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(True, 0), critical=True)
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = builder.add_extension(usage, critical=True)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = builder.add_extension(identifier, critical=False)
    return key, builder.sign(key, hashes.SHA256())


def _make_server(ca_key: Key, ca: x509.Certificate) -> tuple[Key, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(_name("localhost"), ca.subject, key.public_key())
    names: list[x509.GeneralName] = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        x509.IPAddress(ipaddress.ip_address("::1")),
    ]
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(False, None), critical=True)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    builder = builder.add_extension(usage, critical=False)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    builder = builder.add_extension(issuer, critical=False)
    return key, builder.sign(ca_key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + LIFE)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
