"""Settings of the server that e-mail is sent through."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, SecretStr

from clickup_mlops.config import Table


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
