"""Which HTTP client sends the calls: `requests`, or libcurl."""

from typing import Final, Literal

from clickup_mlops.clickup.wire.port import Wire
from clickup_mlops.errors import ConfigError

Client = Literal["auto", "curl", "requests"]
DEFAULT: Final[Client] = "auto"


def open_wire(client: Client, base: str, *, threads: int, timeout_s: float) -> Wire:
    """Connections to the server at `base`; none is made yet.

    Raises:
        ConfigError: `curl` is asked for, and is not installed.
    """
    chosen = choose(client)
    if chosen != "requests":
        try:
            from clickup_mlops.clickup.wire.curl_wire import CurlWire

            return CurlWire(base, threads=threads, timeout_s=timeout_s)
        except ImportError as problem:
            if chosen == "curl":
                raise ConfigError(
                    f"clickup.http_client is curl: {problem}",
                    hint="Install it with `pip install 'clickup-mlops[curl]'`, or set auto.",
                ) from problem
    from clickup_mlops.clickup.wire.requests_wire import RequestsWire

    return RequestsWire(base, threads=threads, timeout_s=timeout_s)


def choose(client: Client) -> Client:
    """What is tried for this setting; replaced by tests."""
    return client
