"""E-mail: its settings, and the one place that talks SMTP."""

import smtplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Final

from clickup_mlops import deadline
from clickup_mlops.errors import ClickUpMlopsError, InputError, RetryableApiError
from clickup_mlops.features.reports.delivery.mail_settings import MailSettings

PLAIN_HOSTS = ("127.0.0.1", "::1", "localhost")
"""Where a server may be spoken to without TLS."""
_LOOK_S: Final = 10.0
"""The longest that `look` waits for an answer: a person waits for it."""
_EXCHANGE: Final = 4
"""Time-outs that a whole exchange may take."""
_LOGIN: Final = (530, 534, 535, 538)
"""Answers about who logs in (RFC 4954)."""
_NO_TLS: Final = "WRONG_VERSION_NUMBER"
"""OpenSSL's reason when the other side does not speak TLS yet."""


def is_address(text: str) -> bool:
    """Whether it is one e-mail address, perhaps with a name before it."""
    name, at, host = parseaddr(text)[1].partition("@")
    return bool(name and at and host) and "\n" not in text and "\r" not in text


def check(settings: MailSettings) -> None:
    """Nothing, if e-mail can be sent.

    Raises:
        InputError: a setting is missing or wrong, or the password would be sent without TLS.
    """
    for key in ("host", "sender"):
        if not getattr(settings, key):
            raise InputError(f"mail.{key} is not set", hint=f"Set {key} in the table [mail].")
    if not is_address(settings.sender):
        raise InputError(
            f"mail.sender: {settings.sender!r} is no e-mail address",
            hint='Such as "ML bot <bot@example.org>".',
        )
    if not f"{settings.user}{settings.password.get_secret_value()}".isascii():
        raise InputError(
            "mail.user or mail.password has characters that are not ASCII",
            hint="Python's SMTP client cannot send them: set a password of ASCII characters.",
        )
    if settings.security == "none" and settings.host not in PLAIN_HOSTS:
        raise InputError(
            f'mail.security is "none", but {settings.host} is not this machine',
            hint='Set mail.security to "starttls" or "tls".',
        )


def look(settings: MailSettings) -> None:
    """Nothing, if the server answers and takes the user; no e-mail is sent.

    Raises:
        InputError, RetryableApiError: as `send`.
    """
    with _session(settings, min(settings.timeout.total_seconds(), _LOOK_S)) as server:
        server.noop()


def send(
    settings: MailSettings, message: EmailMessage, receivers: Sequence[str]
) -> dict[str, ClickUpMlopsError]:
    """Hand the message to the server for these receivers (addresses).

    Those that it refuses, each with the error: a `RetryableApiError` if it may take them later.

    Raises:
        InputError: as `check`; or the server refuses the user or the sender for good.
        RetryableApiError: the server cannot be reached, or does not take it now.
    """
    with _session(settings, settings.timeout.total_seconds()) as server:
        try:
            refused = server.send_message(message, to_addrs=[*receivers])
        except smtplib.SMTPRecipientsRefused as problem:
            # Nobody got it. A server that closes the line (421) was not asked about the others.
            refused = dict.fromkeys(receivers, _last(problem)) | problem.recipients
        except smtplib.SMTPNotSupportedError as problem:
            raise InputError(
                f"mail server {settings.host}: {problem}",
                hint="It takes only addresses of ASCII characters.",
            ) from None
    return {to: _refused(settings, *why, about=f" {to}:") for to, why in refused.items()}


def _last(problem: smtplib.SMTPRecipientsRefused) -> tuple[int, bytes]:
    return [*problem.recipients.values()][-1]


@contextmanager
def _session(settings: MailSettings, timeout_s: float) -> Iterator[smtplib.SMTP]:
    """A server that has taken the user; what goes wrong says which setting to look at."""
    check(settings)
    try:
        with (
            deadline.within(_EXCHANGE * timeout_s),
            closing(_connected(settings, timeout_s)) as server,
        ):
            if settings.user:
                server.login(settings.user, settings.password.get_secret_value())
            yield server
            with suppress(smtplib.SMTPException):
                server.quit()  # whatever it says now, what it has taken is sent
    except deadline.TooSlow as problem:
        raise RetryableApiError(f"mail server {settings.host}: {problem}") from None
    except smtplib.SMTPNotSupportedError as problem:
        raise _other_security(settings, str(problem)) from None
    except ssl.SSLCertVerificationError as problem:
        raise _untrusted(settings, problem.verify_message) from None
    except smtplib.SMTPResponseException as problem:
        raise _refused(settings, problem.smtp_code, problem.smtp_error) from None
    except (smtplib.SMTPException, OSError) as problem:
        if getattr(problem, "reason", "") == _NO_TLS:
            raise _other_security(settings, "it does not speak TLS from the first byte") from None
        raise RetryableApiError(
            f"mail server {settings.host}, port {settings.port}: {problem}",
            hint="Are mail.host, mail.port and mail.security right?",
        ) from None


def _connected(settings: MailSettings, timeout_s: float) -> smtplib.SMTP:
    place, context = (settings.host, settings.port), _context(settings)
    if settings.security == "tls":
        return _Tls(*place, timeout=timeout_s, context=context)
    server = _Plain(*place, timeout=timeout_s)
    if settings.security == "starttls":
        server.starttls(context=context)
    return server


class _Plain(smtplib.SMTP):
    """Keeps to the deadline of who uses it."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = socket.create_connection((host, port), timeout)
        deadline.use(connection, copy=True)
        return connection


class _Tls(smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = socket.create_connection((host, port), timeout)
        deadline.use(connection, copy=True)
        return self.context.wrap_socket(connection, server_hostname=host)


def _context(settings: MailSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ca_file or None)
    except ssl.SSLError:
        why = "has no certificate as PEM"
    except OSError as problem:
        why = "does not exist" if isinstance(problem, FileNotFoundError) else f"{problem.strerror}"
    raise InputError(
        f"mail.ca_file: {settings.ca_file} {why}",
        hint="It names the certificates (PEM) of a private authority; empty: those of the system.",
    )


def _other_security(settings: MailSettings, why: str) -> InputError:
    alternative = {"tls": "starttls"}.get(settings.security, "tls")
    hint = (
        f'Port {settings.port} may want mail.security = "{alternative}": '
        "587 is usual for starttls, 465 for tls."
    )
    return InputError(f"mail server {settings.host}: {why}", hint=hint)


def _untrusted(settings: MailSettings, why: str) -> InputError:
    return InputError(
        f"mail server {settings.host}: its certificate is not trusted: {why}",
        hint="Set mail.ca_file if it is of a private authority.",
    )


def _refused(
    settings: MailSettings, code: int, text: bytes | str, *, about: str = ""
) -> ClickUpMlopsError:
    """4xx: later it may do. 5xx: it will not."""
    answer = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    message = f"mail server {settings.host}:{about} {code} {answer:.200}"
    hint = "Are mail.user and mail.password right?" if code in _LOGIN else ""
    return InputError(message, hint=hint) if code >= 500 else RetryableApiError(message)
