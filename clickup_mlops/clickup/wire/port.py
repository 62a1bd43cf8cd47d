"""What the transport asks of an HTTP client: a whole answer in time and within a size, or why not.

Every client verifies certificates, goes through the proxies of the environment, follows no redirect
(one would turn a POST into a GET; the API has none) and never sends a request twice.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final, NamedTuple, Protocol

from clickup_mlops.clickup.upload import Multipart

CONNECT_S: Final = 5.0
WHOLE: Final = 4
"""So many times the time-out of a single wait a whole exchange may take, whatever drips."""
LARGEST_ANSWER: Final = 64 * 1024 * 1024
"""Bytes. A page of 100 tasks is about 1 MB."""


class Answer(NamedTuple):
    """Headers are found whatever case their names are in; the body is decompressed."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Fate(Enum):
    """What is known of a request without an answer."""

    NOT_SENT = "not sent"
    DROPPED = "dropped"
    """The connection was closed without an answer, as an idle one may be."""
    UNKNOWN = "unknown"
    TOO_SLOW = "too slow"
    TOO_LARGE = "too large"
    CERTIFICATE = "certificate"
    """The server's was not accepted, or the file of accepted ones is missing."""
    SETTINGS = "settings"
    """An address cannot be used: trying again does not help."""


class NoAnswer(Exception):
    """No whole answer. `name` is that of the problem, as `requests` calls it; `status` and
    `headers` are those of an answer whose body was not whole.
    """

    def __init__(
        self,
        fate: Fate,
        name: str,
        *,
        hint: str = "",
        status: int = 0,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(name)
        self.fate, self.name, self.hint = fate, name, hint
        self.status, self.headers = status, headers or {}


class Send(Protocol):
    """Sends a request: method, path (after the base's) with query, body, headers."""

    def __call__(
        self, method: str, url: str, *, body: bytes | Multipart | None, headers: Mapping[str, str]
    ) -> Answer:
        """The answer. Raises NoAnswer."""


class Wire(Protocol):
    """Keeps connections to one server. Thread-safe.

    `send` may be replaced by something that looks at the request first.
    """

    send: Any
    """A `Send`."""

    def close(self) -> None:
        """Close the connections."""


NO_NAME: Final = (
    "The name of its server is not known here: check the network, DNS and clickup.base_url."
)
NOBODY: Final = (
    "Nothing accepts connections there: check the network, clickup.base_url and HTTPS_PROXY."
)
SILENCE: Final = (
    "Something drops what is sent, or is very slow: check the network and the time-out."
)
BROKEN: Final = "Check the network, clickup.base_url and the time-out."
PROXY: Final = "Check HTTPS_PROXY and clickup.base_url."
