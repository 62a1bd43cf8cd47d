"""A mail server on this machine: what it got, and what it shall refuse."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.ports import reserve_port

USER, PASSWORD = "bot", "correct horse"


@dataclass
class Mailbox:
    """`refusals` are answers to the next receivers instead of an acceptance; `goodbye` is that to
    `QUIT`.
    """

    ca_file: Path
    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    goodbye: str = "221 Bye"

    async def handle_QUIT(  # noqa: N802 - named by aiosmtpd
        self, _server: SMTP, _session: object, _envelope: object
    ) -> str:
        return self.goodbye

    async def handle_RCPT(  # noqa: N802 - named by aiosmtpd
        self, _server: SMTP, _session: object, envelope: Any, address: str, _options: object
    ) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: object, envelope: Any
    ) -> str:
        self.to.append([*envelope.rcpt_tos])
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@contextmanager
def mail_server(folder: Path, security: str = "starttls") -> Iterator[Mailbox]:
    """It has a certificate of its own authority, and wants user and password."""
    ca_file, context = _certificate(folder)
    mailbox = Mailbox(ca_file, reserve_port())
    tls = {"tls_context": context, "require_starttls": True} if security == "starttls" else {}
    outer = {"ssl_context": context} if security == "tls" else {}
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=mailbox.port,
        authenticator=_check_credentials,
        auth_required=security != "none",
        auth_require_tls=security == "starttls",
        **tls,
        **outer,
    )
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def _check_credentials(
    _server: object, _session: object, _envelope: object, _how: str, data: Any
) -> AuthResult:
    credentials = isinstance(data, LoginPassword) and (data.login, data.password)
    is_right = credentials == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=is_right)


def _certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    ca_file, key_file = folder / "mail.pem", folder / "mail.key"
    ca_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(ca_file, key_file)
    return ca_file, context
