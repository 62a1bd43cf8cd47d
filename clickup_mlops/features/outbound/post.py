"""One POST to an address that somebody else chose: it reaches no private network.

The host's name is resolved once, every address it has is checked, and the connection goes to the
address that was checked: a name that changes its mind in between (DNS rebinding) gains nothing.
Redirects are not followed, and the answer's body is only read where it is asked for.
"""

import ipaddress
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import SplitResult, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from clickup_mlops import deadline
from clickup_mlops.errors import InputError

_PORTS: Final = {"https": 443, "http": 80}
_TRANSIENT_STATUSES: Final = frozenset({408, 425, 429})
_DIGITS: Final = 8
"""So many, in seconds, are more than a year: a mistake."""
# Our own list, because Python's differs from version to version. IANA's registries of
# special-purpose addresses (RFC 6890 and its updates), multicast, and what is reserved.
_SPECIAL_V4: Final = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
_GLOBAL_V6: Final = ipaddress.IPv6Network("2000::/3")
"""All that is allocated to hosts; the rest is local, special or unknown."""
_SPECIAL_V6: Final = tuple(
    # Protocols (Teredo among them), documentation, 6to4.
    map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
)
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, and how long to wait before the next request (`Retry-After`); 0: not said."""

    status: int
    after_s: int = 0
    body: bytes = field(default=b"", repr=False)
    """Its beginning, if it was asked for."""

    @property
    def is_final(self) -> bool:
        """Whether another try would be refused, too."""
        return 0 < self.status < 500 and self.status not in _TRANSIENT_STATUSES


class Post(Protocol):
    """One request; `post` is one."""

    def __call__(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        allow_hosts: Sequence[str],
        timeout_s: float,
        most_bytes: int = 0,
    ) -> Answer:
        """The answer. Raises InputError: forbidden; OSError: not reached."""


class SlackRefusal(Exception):
    """Slack did not do it. `answer`: what another sender would have answered with."""

    def __init__(self, method: str, problem: str, answer: Answer) -> None:
        super().__init__(f"{method}: {problem}")
        self.error, self.answer = problem, answer

    @property
    def is_final(self) -> bool:
        """Whether another try would be refused, too."""
        return self.answer.is_final


Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a host. Raises OSError: there are none."""


def resolve(host: str, port: int) -> list[str]:
    """As the system sees it."""
    results = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in results))


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allow_hosts: Sequence[str],
    timeout_s: float,
    most_bytes: int = 0,
    resolve: Resolve = resolve,
) -> Answer:
    """The head of the answer, and at most `most_bytes` of its body.

    `allow_hosts` may be spoken to without TLS and at private addresses.

    Raises:
        InputError: the address is not allowed; nothing was sent.
        OSError: the host was not reached, did not answer in time, or its certificate is wrong.
    """
    parts, host, is_listed = check_address(url, allow_hosts)
    port = parts.port or _PORTS[parts.scheme]
    try:
        address = choose_address(host, resolve(host, port), is_listed=is_listed)
    except UnicodeError:
        raise InputError(f"webhook: {host:.60} is no host's name") from None
    try:
        return _send(
            parts,
            host,
            address,
            port,
            body=body,
            headers=headers,
            timeout_s=timeout_s,
            most_bytes=most_bytes,
        )
    except HTTPError as problem:
        raise ConnectionError(str(problem)) from None


def check_address(url: str, allow_hosts: Sequence[str]) -> tuple[SplitResult, str, bool]:
    """Its parts, its host, and whether that is among `allow_hosts`.

    Raises:
        InputError: not an address, or one without TLS of a host that is not listed.
    """
    parts, host = _split(url)
    is_listed = host in {listed.casefold() for listed in allow_hosts}
    if parts.scheme != "https" and not (is_listed and parts.scheme == "http"):
        raise InputError(
            f"webhook to {host}: only https is allowed", hint="See outbound.allow_hosts."
        )
    return parts, host, is_listed


def _split(url: str) -> tuple[SplitResult, str]:
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").casefold(), parts.port
    except ValueError as problem:
        raise InputError(f"webhook: not an address: {problem}") from None
    if not host or parts.username is not None or parts.password is not None:
        raise InputError("webhook: an address needs a host and may hold no password")
    return parts, host


def choose_address(host: str, addresses: Sequence[str], *, is_listed: bool) -> str:
    """The address to connect to. Raises InputError: one of them is not public."""
    for address in addresses:
        if not is_listed and not _is_public(address):
            raise InputError(
                f"webhook to {host}: {address} is not a public address",
                hint="Add the host to outbound.allow_hosts if it is yours.",
            )
    if not addresses:
        raise ConnectionError(f"{host} has no address")
    return addresses[0]


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        return _is_public_v6(address)
    return not any(address in network for network in _SPECIAL_V4)


def _is_public_v6(address: ipaddress.IPv6Address) -> bool:
    # Where IPv4 hosts are reached by IPv6, the one that is meant counts.
    if address.ipv4_mapped or address in _NAT64:
        return _is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    return address in _GLOBAL_V6 and not any(address in network for network in _SPECIAL_V6)


def _send(
    parts: SplitResult,
    host: str,
    address: str,
    port: int,
    *,
    body: bytes,
    headers: Mapping[str, str],
    timeout_s: float,
    most_bytes: int,
) -> Answer:
    timeout = urllib3.Timeout(connect=timeout_s, read=timeout_s)
    usual: dict[str, Any] = {"port": port, "timeout": timeout, "retries": False}
    if parts.scheme == "https":
        # The certificate is checked against the name, though the connection goes to a number.
        usual |= {
            "server_hostname": host,
            "assert_hostname": host,
            "ssl_context": ssl.create_default_context(),
        }
        pool: urllib3.HTTPConnectionPool = urllib3.HTTPSConnectionPool(address, **usual)
    else:
        pool = urllib3.HTTPConnectionPool(address, **usual)
    path = f"{parts.path or '/'}{'?' * bool(parts.query)}{parts.query}"
    with deadline.within(timeout_s), deadline.bound_pool(pool):
        answer = pool.urlopen(
            "POST",
            path,
            body=body,
            headers={**headers, "Host": parts.netloc},
            redirect=False,
            preload_content=False,
        )
        received = answer.read(most_bytes) if most_bytes else b""
        answer.close()
        after = answer.headers.get("Retry-After", "")
        is_count = after.isascii() and after.isdecimal() and len(after) < _DIGITS
        return Answer(answer.status, int(after) if is_count else 0, received)
