"""Which HTTP client sends the calls: `requests`, or libcurl."""

import threading
from collections.abc import Mapping
from typing import Final, Literal

from clickup_mlops.clickup.upload import Multipart
from clickup_mlops.clickup.wire.port import Answer, Send, Wire
from clickup_mlops.errors import ConfigError

Client = Literal["auto", "curl", "requests"]
DEFAULT: Final[Client] = "auto"


def open_wire(client: Client, base: str, *, threads: int, timeout_s: float) -> Wire:
    """Connections to the server at `base`; none is made yet. `auto`: libcurl where it is installed,
    but in the main thread.

    Raises:
        ConfigError: `curl` is asked for, and is not installed.
    """
    chosen = choose(client)
    curl: Wire | None = None
    if chosen != "requests":
        try:
            from clickup_mlops.clickup.wire.curl_wire import CurlWire

            curl = CurlWire(base, threads=threads, timeout_s=timeout_s)
        except ImportError as problem:
            if chosen == "curl":
                raise ConfigError(
                    f"clickup.http_client is curl: {problem}",
                    hint="Install it with `pip install 'clickup-mlops[curl]'`, or set auto.",
                ) from problem
    if curl is not None and chosen == "curl":
        return curl
    from clickup_mlops.clickup.wire.requests_wire import RequestsWire

    plain = RequestsWire(base, threads=threads, timeout_s=timeout_s)
    return plain if curl is None else _WireByThread(plain, curl)


class _WireByThread:
    """The main thread hears signals, such as Ctrl-C: not before an answer, if libcurl waits for it.
    So it sends by `main`, the others by `other`.
    """

    send: Send

    def __init__(self, main: Wire, other: Wire) -> None:
        self._main, self._other = main, other
        self.send = self._send

    def _send(
        self, method: str, url: str, *, body: bytes | Multipart | None, headers: Mapping[str, str]
    ) -> Answer:
        is_main = threading.current_thread() is threading.main_thread()
        wire = self._main if is_main else self._other
        answer: Answer = wire.send(method, url, body=body, headers=headers)
        return answer

    def close(self) -> None:
        self._main.close()
        self._other.close()


def choose(client: Client) -> Client:
    """What is tried for this setting; replaced by tests."""
    return client
