"""The connections to one server: `requests` sets them up, with proxies and certificates from the
environment; urllib3 sends. What `requests` does around a call that needs no cookies, redirects or
hooks would cost half as much again as the call.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final, Protocol

import requests
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, Timeout

from clickup_mlops import deadline
from clickup_mlops.clickup.upload import Multipart

_CONNECT_S: Final = 5.0


class Send(Protocol):
    """Sends a request: method, path (after the base's) with query, body, headers."""

    def __call__(
        self, method: str, url: str, *, body: bytes | Multipart | None, headers: Mapping[str, str]
    ) -> BaseHTTPResponse:
        """The answer, its body not read yet. Raises errors of urllib3."""


class Wire:
    """Keeps up to `threads` connections to the server at `base`. Thread-safe.

    `timeout_s` bounds each wait for the server; `deadline.within` the whole exchange.
    """

    def __init__(self, base: str, *, threads: int, timeout_s: float) -> None:
        self.session = _open_session(base, threads)
        self._base = base
        self._timeout = Timeout(connect=min(_CONNECT_S, timeout_s), read=timeout_s)
        self._send: Send | None = None

    @property
    def send(self) -> Send:
        """How a request is sent; may be replaced by something that looks at it first.

        Raises:
            OSError: a file of certificates is missing, or a proxy's address is none.
        """
        if self._send is None:
            self._send = self._connect()
        return self._send

    @send.setter
    def send(self, send: Send) -> None:
        self._send = send

    def close(self) -> None:
        """Close the connections."""
        self.session.close()

    def _connect(self) -> Send:
        session = self.session
        probe = requests.Request("GET", f"{self._base}/").prepare()
        adapter = session.get_adapter(probe.url or "")
        assert isinstance(adapter, HTTPAdapter)  # noqa: S101 - see `_session`
        pool: Any = adapter.get_connection_with_tls_context(
            probe, session.verify, proxies=session.proxies
        )
        verify: Any = adapter.cert_verify
        verify(pool, probe.url, session.verify, None)
        # The path of the base, or, for a proxy that reads what it passes on, the whole address.
        start = adapter.request_url(probe, session.proxies)[:-1]
        return partial(self._call, pool, start)

    def _call(
        self,
        pool: HTTPConnectionPool,
        start: str,
        method: str,
        url: str,
        *,
        body: bytes | Multipart | None,
        headers: Mapping[str, str],
    ) -> BaseHTTPResponse:
        return pool.urlopen(
            method,
            start + url,
            body=body,
            headers=headers,
            retries=False,
            # A redirect would turn a POST into a GET; the API has none.
            redirect=False,
            assert_same_host=False,
            timeout=self._timeout,
            preload_content=False,
        )


def _open_session(base: str, threads: int) -> requests.Session:
    session = requests.Session()
    adapter = deadline.BoundedAdapter(pool_connections=1, pool_maxsize=threads, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    # The environment is looked at once, not on every call.
    settings = session.merge_environment_settings(base, {}, None, None, None)
    session.trust_env = False
    session.proxies, session.verify = settings["proxies"], settings["verify"]
    return session
