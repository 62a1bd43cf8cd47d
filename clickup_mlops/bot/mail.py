"""E-mail: its settings, and the one place that talks SMTP."""

import smtplib
import ssl
from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage
from typing import Literal

from pydantic import Field, SecretStr

from clickup_mlops.config import Table
from clickup_mlops.errors import ClickUpMlopsError, InputError, RetryableApiError

PLAIN_HOSTS = ("127.0.0.1", "::1", "localhost")
"""Where a server may be spoken to without TLS."""


class MailSettings(Table):
    """The server that e-mail is sent through."""

    host: str = ""
    """Name of the SMTP server, such as `smtp.example.org`. Empty: no e-mail is sent."""
    port: int = Field(default=587, ge=1, le=65535)
    """Its port."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """`starttls`: TLS after the greeting (usually port 587); `tls`: TLS from the first byte (465);
    `none`: no TLS, only for a server on this machine."""
    ca_file: str = ""
    """Certificates (PEM) that the server's is checked with, for a private authority. Empty: those
    of the system."""
    user: str = ""
    """User name. Empty: the server wants none."""
    password: SecretStr = SecretStr("")
    """Password of the user. Put it into the environment or the secrets folder."""
    sender: str = ""
    """From whom e-mail is, such as `ML bot <bot@example.org>`."""
    timeout: timedelta = Field(default=timedelta(seconds=30), gt=timedelta(0))
    """How long the server may take for an answer."""


def check(settings: MailSettings) -> None:
    """Nothing, if e-mail can be sent.

    Raises:
        InputError: a setting is missing, or the password would be sent without TLS.
    """
    for key in ("host", "sender"):
        if not getattr(settings, key):
            raise InputError(f"mail.{key} is not set", hint=f"Set {key} in the table [mail].")
    if settings.security == "none" and settings.host not in PLAIN_HOSTS:
        raise InputError(
            f'mail.security is "none", but {settings.host} is not this machine',
            hint='Set mail.security to "starttls" or "tls".',
        )


def send(
    settings: MailSettings, message: EmailMessage, receivers: Sequence[str]
) -> dict[str, ClickUpMlopsError]:
    """Hand the message to the server for these receivers (addresses).

    Those that it refuses, each with the error: a `RetryableApiError` if it may take them later.

    Raises:
        InputError: as `check`; or the server refuses the user or the sender for good.
        RetryableApiError: the server cannot be reached, or does not take it now.
    """
    check(settings)
    try:
        with _connected(settings) as server:
            if settings.user:
                server.login(settings.user, settings.password.get_secret_value())
            refused = server.send_message(message, to_addrs=[*receivers])
    except smtplib.SMTPRecipientsRefused as problem:
        refused = problem.recipients
    except smtplib.SMTPNotSupportedError as problem:
        hint = 'If the server expects TLS from the first byte, set mail.security to "tls".'
        raise InputError(f"mail server {settings.host}: {problem}", hint=hint) from None
    except ssl.SSLCertVerificationError as problem:
        raise _untrusted(settings, problem.verify_message) from None
    except smtplib.SMTPResponseException as problem:
        raise _refused(settings, problem.smtp_code, problem.smtp_error) from None
    except (smtplib.SMTPException, OSError) as problem:
        raise RetryableApiError(f"mail server {settings.host}: {problem}") from None
    return {to: _refused(settings, *why, about=f" {to}:") for to, why in refused.items()}


def _connected(settings: MailSettings) -> smtplib.SMTP:
    timeout_s, place = settings.timeout.total_seconds(), (settings.host, settings.port)
    if settings.security == "tls":
        return smtplib.SMTP_SSL(*place, timeout=timeout_s, context=_context(settings))
    server = smtplib.SMTP(*place, timeout=timeout_s)
    if settings.security == "starttls":
        server.starttls(context=_context(settings))
    return server


def _context(settings: MailSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ca_file or None)
    except FileNotFoundError:
        raise InputError(f"mail.ca_file: {settings.ca_file} does not exist") from None


def _untrusted(settings: MailSettings, why: str) -> InputError:
    return InputError(
        f"mail server {settings.host}: its certificate is not trusted: {why}",
        hint="Set mail.ca_file if it is of a private authority.",
    )


def _refused(
    settings: MailSettings, code: int, text: bytes | str, *, about: str = ""
) -> ClickUpMlopsError:
    """4xx: later it may do. 5xx: it will not."""
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    said = f"mail server {settings.host}:{about} {code} {shown:.200}"
    return InputError(said) if code >= 500 else RetryableApiError(said)
