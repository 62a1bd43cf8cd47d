"""The connections to one server: `requests` sets them up, with proxies and certificates from the
environment; urllib3 sends. What `requests` does around a call that needs no cookies, redirects or
hooks would cost half as much again as the call.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    InvalidHeader,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
)

from clickup_mlops import deadline, http_body
from clickup_mlops.clickup.upload import Multipart
from clickup_mlops.clickup.wire import port
from clickup_mlops.clickup.wire.port import Answer, Fate, NoAnswer, Send

_CERTIFICATE: Final = "CERTIFICATE_VERIFY_FAILED"


class RequestsWire:
    """Keeps up to `threads` connections to the server at `base`. Thread-safe.

    `timeout_s` bounds each wait for the server.
    """

    send: Send

    def __init__(self, base: str, *, threads: int, timeout_s: float) -> None:
        self._session, self._base, self._timeout_s = open_session(base, threads), base, timeout_s
        self._timeout = Timeout(connect=min(port.CONNECT_S, timeout_s), read=timeout_s)
        self._open: Callable[..., BaseHTTPResponse] | None = None
        self._headers = {str(name): str(text) for name, text in self._session.headers.items()}
        self.send = self._exchange

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _exchange(
        self, method: str, url: str, *, body: bytes | Multipart | None, headers: Mapping[str, str]
    ) -> Answer:
        response: BaseHTTPResponse | None = None
        try:
            with deadline.within(port.WHOLE * self._timeout_s) as exchange:
                if self._open is None:
                    self._open = self._connect()
                response = self._open(method, url, body=body, headers={**self._headers, **headers})
                content = _read(response)
            return Answer(response.status, response.headers, content)
        except deadline.TooSlow as problem:
            raise _with_head(NoAnswer(Fate.TOO_SLOW, "TooSlow"), response) from problem
        except (OSError, HTTPError) as problem:
            is_late = exchange.is_late
            no_answer = NoAnswer(Fate.TOO_SLOW, "TooSlow") if is_late else _explain(problem)
            raise _with_head(no_answer, response) from problem

    def _connect(self) -> Callable[..., BaseHTTPResponse]:
        """Raises OSError: a file of certificates is missing, or a proxy's address is none."""
        session = self._session
        probe = requests.Request("GET", f"{self._base}/").prepare()
        adapter = session.get_adapter(probe.url or "")
        assert isinstance(adapter, HTTPAdapter)  # noqa: S101 - see `open_session`
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
            redirect=False,
            assert_same_host=False,
            timeout=self._timeout,
            preload_content=False,
        )


def open_session(base: str, threads: int) -> requests.Session:
    """A session with the proxies and certificates of the environment for this address."""
    session = requests.Session()
    adapter = deadline.BoundedAdapter(pool_connections=1, pool_maxsize=threads, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    # The environment is looked at once, not on every call.
    settings = session.merge_environment_settings(base, {}, None, None, None)
    session.trust_env = False
    session.proxies, session.verify = settings["proxies"], settings["verify"]
    return session


def _read(response: BaseHTTPResponse) -> bytes:
    try:
        return http_body.read(response, largest=port.LARGEST_ANSWER)
    except BaseException:
        response.close()  # what is left of it would be the next answer
        raise
    finally:
        response.release_conn()


def _with_head(problem: NoAnswer, response: BaseHTTPResponse | None) -> NoAnswer:
    if response is not None:
        problem.status, problem.headers = response.status, response.headers
    return problem


def _explain(problem: Exception) -> NoAnswer:
    if isinstance(problem, http_body.TooLarge):
        return NoAnswer(Fate.TOO_LARGE, "TooLarge")
    # The exceptions' own texts name host and path only, but their types are what a person needs.
    name, is_known = (
        type(problem).__name__,
        isinstance(problem, HTTPError | requests.RequestException),
    )
    if not is_known or _CERTIFICATE in str(problem):  # else: a file that is missing
        return NoAnswer(Fate.CERTIFICATE, name)
    if isinstance(problem, ValueError | InvalidHeader):
        return NoAnswer(Fate.SETTINGS, name, hint=port.PROXY)
    return NoAnswer(_classify(problem), name, hint=_choose_hint(problem))


def _choose_hint(problem: Exception) -> str:
    if isinstance(problem, NameResolutionError):
        return port.NO_NAME
    if isinstance(problem, NewConnectionError):
        return port.NOBODY
    if isinstance(problem, ConnectTimeoutError | ReadTimeoutError):
        return port.SILENCE
    return port.BROKEN


def _classify(problem: Exception) -> Fate:
    if isinstance(problem, ProxyError) and isinstance(problem.original_error, ConnectionError):
        return (
            Fate.DROPPED
        )  # urllib3 names it so, too, if the line breaks after the request was sent
    if isinstance(problem, NewConnectionError | ConnectTimeoutError | ProxyError):
        return Fate.NOT_SENT
    return Fate.DROPPED if isinstance(problem, ProtocolError) else Fate.UNKNOWN
