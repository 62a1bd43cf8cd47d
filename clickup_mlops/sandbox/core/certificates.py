"""A certificate authority that is made at start, and certificates for the names of a sandbox.

Needs `cryptography` (extra `tls`). The authority's key is never written to a file, the
server's only for the moment in which it is loaded.
"""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from clickup_mlops import files

_VALID = timedelta(days=7)
_SLACK = timedelta(hours=1)
"""Clocks of clients may be behind."""


def make_context(folder: Path, names: Sequence[str]) -> tuple[ssl.SSLContext, Path]:
    """What serves these names, and the file with the authority that clients have to trust.

    `folder` keeps the authority's certificate alone.
    """
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _sign_authority(authority_key)
    server = _sign_server(names, server_key, authority, authority_key)
    ca_file = folder / "ca.pem"
    ca_file.write_bytes(_to_pem(authority))
    return _load(folder / "server.pem", _to_pem(server) + _key_to_pem(server_key)), ca_file


def _load(file: Path, chain: bytes) -> ssl.SSLContext:
    """`ssl` reads a key only from a file: it is there for a moment."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        files.write(file, chain, private=True)
        context.load_cert_chain(file)
    finally:
        file.unlink(missing_ok=True)
    return context


def _sign_authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ClickUp sandbox")])
    builder = _begin(name, name, key.public_key())
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
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.add_extension(usage, critical=True).sign(key, hashes.SHA256())


def _sign_server(
    names: Sequence[str],
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    builder = _begin(subject, authority.subject, key.public_key())
    extensions: tuple[x509.ExtensionType, ...] = (
        x509.SubjectAlternativeName([_to_general_name(name) for name in names]),
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
        x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()),
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(authority_key, hashes.SHA256())


def _begin(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SLACK)
        .not_valid_after(now + _VALID)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _to_general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _to_pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_to_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
