"""libcurl, by `pycurl`: a call takes a third of the CPU of one by `requests`, and Python's lock
is let go while it lasts.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pycurl
from pycurl import PREREQFUNC_ABORT, PREREQFUNC_OK, PREREQFUNCTION  # older ones lack them
from requests.structures import CaseInsensitiveDict
from requests.utils import DEFAULT_CA_BUNDLE_PATH, select_proxy

from clickup_mlops.clickup.upload import Multipart
from clickup_mlops.clickup.wire import port
from clickup_mlops.clickup.wire.port import Answer, Fate, NoAnswer, Send
from clickup_mlops.clickup.wire.requests_wire import open_session

_HEADERS: Final = {"User-Agent": "clickup-mlops", "Accept": "*/*"}
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_CHUNK: Final = 32 * 1024
_EXPECTED: Final = ("Expect:",)
"""No request waits for leave to send its body."""
_NO_KIND: Final = ("Content-Type:",)
"""An empty body is no form, as libcurl would say."""

_NAMES: Final = {
    pycurl.E_COULDNT_RESOLVE_PROXY: ("ProxyError", port.NO_NAME),
    pycurl.E_COULDNT_RESOLVE_HOST: ("NameResolutionError", port.NO_NAME),
    pycurl.E_COULDNT_CONNECT: ("NewConnectionError", port.NOBODY),
    pycurl.E_SSL_CONNECT_ERROR: ("SSLError", port.BROKEN),
    pycurl.E_GOT_NOTHING: ("ProtocolError", port.BROKEN),
    pycurl.E_SEND_ERROR: ("ProtocolError", port.BROKEN),
    pycurl.E_RECV_ERROR: ("ProtocolError", port.BROKEN),
    pycurl.E_PARTIAL_FILE: ("IncompleteRead", port.BROKEN),
    pycurl.E_ABORTED_BY_CALLBACK: ("ProtocolError", port.BROKEN),
    pycurl.E_FTP_WEIRD_SERVER_REPLY: ("ProtocolError", port.BROKEN),
    pycurl.E_UNSUPPORTED_PROTOCOL: ("ProtocolError", port.BROKEN),
    pycurl.E_BAD_CONTENT_ENCODING: ("DecodeError", port.BROKEN),
}
"""Problems by libcurl's codes, as `requests` calls them."""
_CERTIFICATE: Final = frozenset(
    {pycurl.E_SSL_CACERT, pycurl.E_SSL_CACERT_BADFILE, pycurl.E_PEER_FAILED_VERIFICATION}
)
_SETTINGS: Final = frozenset({pycurl.E_URL_MALFORMAT})


class CurlWire:
    """Keeps up to `threads` connections to the server at `base`. Thread-safe.

    `timeout_s` bounds each wait for the server, in whole seconds.
    """

    send: Send

    def __init__(self, base: str, *, threads: int, timeout_s: float) -> None:
        self._base, self._threads, self._timeout_s = base, threads, timeout_s
        self._options: dict[int, Any] | None = None
        self._idle: list[_Connection] = []
        self.send = self._exchange

    def close(self) -> None:
        """Close the connections that nobody uses; the others are closed after their use."""
        self._threads = 0
        while self._idle:
            self._idle.pop().close()

    def _exchange(
        self, method: str, url: str, *, body: bytes | Multipart | None, headers: Mapping[str, str]
    ) -> Answer:
        try:
            # The one that was used last: those that nobody needs grow old, and are not kept alive.
            connection = self._idle.pop()
        except IndexError:
            connection = self._open()
        try:
            return connection.exchange(method, self._base + url, body, {**_HEADERS, **headers})
        finally:
            if len(self._idle) < self._threads:
                self._idle.append(connection)
            else:
                connection.close()

    def _open(self) -> "_Connection":
        if self._options is None:
            self._options = _build_options(self._base, self._timeout_s)
        return _Connection(self._options, port.WHOLE * self._timeout_s)


class _Connection:
    """A handle of libcurl, with what it has received of the answer to its request."""

    def __init__(self, options: Mapping[int, Any], whole_s: float) -> None:
        self._curl, self._whole_s = pycurl.Curl(), whole_s
        for option, value in options.items():
            self._curl.setopt(option, value)
        self._begun = self._size = 0
        self._head: list[bytes] = []
        self._chunks: list[bytes] = []
        self._is_proxied = bool(options[pycurl.PROXY])
        self._curl.setopt(pycurl.SOCKOPTFUNCTION, self._admit_connection)
        self._curl.setopt(PREREQFUNCTION, self._begin)
        self._curl.setopt(pycurl.HEADERFUNCTION, self._head.append)
        self._curl.setopt(pycurl.WRITEFUNCTION, self._write)

    def close(self) -> None:
        """Close the connection."""
        self._curl.close()

    def exchange(
        self, method: str, url: str, body: bytes | Multipart | None, headers: Mapping[str, str]
    ) -> Answer:
        """One request and its answer."""
        self._begun = self._size = 0
        self._head.clear()
        self._chunks.clear()
        try:
            self._prepare(method, url, body, headers)
            self._curl.perform()
        except pycurl.error as problem:
            code = problem.args[0]
            raise self._explain(code) from problem
        finally:
            if isinstance(body, Multipart):
                self._curl.setopt(pycurl.UPLOAD, 0)
                self._curl.unsetopt(pycurl.READFUNCTION)
        return Answer(self._status, self._headers, b"".join(self._chunks))

    def _prepare(
        self, method: str, url: str, body: bytes | Multipart | None, headers: Mapping[str, str]
    ) -> None:
        curl, lines = self._curl, [f"{name}: {value}" for name, value in headers.items()]
        lines += _EXPECTED
        if isinstance(body, Multipart):
            curl.setopt(pycurl.UPLOAD, 1)
            curl.setopt(pycurl.READFUNCTION, body.read)
            curl.setopt(pycurl.INFILESIZE_LARGE, len(body))
        elif body is not None or method in _WITH_BODY:
            curl.setopt(pycurl.POST, 1)
            curl.setopt(pycurl.POSTFIELDS, body or b"")
            lines += () if body else _NO_KIND
        else:
            curl.setopt(pycurl.HTTPGET, 1)
        curl.setopt(pycurl.CUSTOMREQUEST, method)
        curl.setopt(pycurl.URL, url)
        curl.setopt(pycurl.HTTPHEADER, lines)

    def _admit_connection(self, *_socket: object) -> int:
        """Called before each connection is made. libcurl would send the request again over a new
        one if a kept connection was closed meanwhile, also a request that creates something.
        """
        return int(pycurl.SOCKOPT_ERROR if self._begun else pycurl.SOCKOPT_OK)

    def _begin(self, *_addresses: object) -> int:
        """Called before each time that the request is sent."""
        self._begun += 1
        return int(PREREQFUNC_OK if self._begun == 1 else PREREQFUNC_ABORT)

    def _write(self, chunk: bytes) -> int | None:
        self._size += len(chunk)
        if self._size > port.LARGEST_ANSWER:
            return 0  # ends the exchange
        self._chunks.append(chunk)
        return None

    @property
    def _status(self) -> int:
        return int(self._curl.getinfo(pycurl.RESPONSE_CODE))

    @property
    def _headers(self) -> Mapping[str, str]:
        headers: CaseInsensitiveDict[str] = CaseInsensitiveDict()
        for line in self._head:
            if line.startswith(b"HTTP/"):  # of this answer: what came before was on the way
                headers.clear()
            name, colon, value = line.decode("latin-1").partition(":")
            if colon:
                headers[name] = value.strip()
        return headers

    def _explain(self, code: int) -> NoAnswer:
        head: dict[str, Any] = {"status": self._status, "headers": self._headers}
        if self._size > port.LARGEST_ANSWER:
            return NoAnswer(Fate.TOO_LARGE, "TooLarge", **head)
        if code in _CERTIFICATE:
            return NoAnswer(Fate.CERTIFICATE, "SSLError")
        if code in _SETTINGS:
            return NoAnswer(Fate.SETTINGS, "InvalidURL", hint=port.PROXY)
        if code == pycurl.E_OPERATION_TIMEDOUT:
            return self._explain_time_out(head)
        name, hint = _NAMES.get(code, (f"curl error {code}", port.BROKEN))
        if not self._begun and code != pycurl.E_SSL_CONNECT_ERROR:
            return NoAnswer(Fate.NOT_SENT, "ProxyError" if self._is_proxied else name, hint=hint)
        if name in _DROPPED:
            return NoAnswer(Fate.DROPPED, "ProtocolError", hint=port.BROKEN, **head)
        return NoAnswer(Fate.UNKNOWN, name, hint=hint, **head)

    def _explain_time_out(self, head: Mapping[str, Any]) -> NoAnswer:
        if not self._begun:
            return NoAnswer(Fate.NOT_SENT, "ConnectTimeoutError", hint=port.SILENCE)
        if self._curl.getinfo(pycurl.TOTAL_TIME) >= self._whole_s:
            return NoAnswer(Fate.TOO_SLOW, "TooSlow", **head)
        return NoAnswer(Fate.UNKNOWN, "ReadTimeoutError", hint=port.SILENCE, **head)


_DROPPED: Final = frozenset({"ProtocolError", "IncompleteRead", "NewConnectionError"})
"""Once the request was sent: a new connection is only refused by `_admit_connection`."""


def _build_options(base: str, timeout_s: float) -> dict[int, Any]:
    """What is the same for all requests. The environment is looked at once.

    Raises:
        NoAnswer: a file of certificates is missing.
    """
    with open_session(base, threads=1) as session:
        proxy, verify = select_proxy(base, session.proxies), session.verify
    return {
        pycurl.NOSIGNAL: 1,
        pycurl.MAXCONNECTS: 1,
        pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
        pycurl.PROTOCOLS: pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS,
        pycurl.PROXY: proxy or "",  # empty: none, whatever libcurl reads in the environment
        pycurl.NOPROXY: "",
        pycurl.ACCEPT_ENCODING: "gzip, deflate",
        pycurl.BUFFERSIZE: _CHUNK,
        pycurl.CONNECTTIMEOUT_MS: _to_ms(min(port.CONNECT_S, timeout_s)),
        pycurl.TIMEOUT_MS: _to_ms(port.WHOLE * timeout_s),
        # Less than a byte a second for so long: silence.
        pycurl.LOW_SPEED_LIMIT: 1,
        pycurl.LOW_SPEED_TIME: math.ceil(timeout_s),
        **_choose_certificates(verify),
    }


def _choose_certificates(verify: object) -> dict[int, Any]:
    path = Path(verify if isinstance(verify, str) else DEFAULT_CA_BUNDLE_PATH)
    if not path.exists():
        raise NoAnswer(Fate.CERTIFICATE, "OSError")
    return {pycurl.CAPATH if path.is_dir() else pycurl.CAINFO: str(path)}


def _to_ms(seconds: float) -> int:
    return max(1, math.ceil(1000 * seconds))
