"""TLS in front of a sandbox, and a proxy that answers in place of the real host.

For clients that cannot be pointed elsewhere: `HTTPS_PROXY` leads them here, they ask for a tunnel
to the real host, and inside it meet the sandbox, with a certificate of an authority made at start.
A client that begins with TLS at once is served the same way. Tunnels to other hosts are refused: no
call of a test leaves the machine.
"""

import select
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from clickup_mlops.errors import ConfigError

_HANDSHAKE = b"\x16"
"""The first byte of a client that speaks TLS."""
_LONGEST_HEAD = 16_384
_CHUNK = 65_536
_TIMEOUT_S, _IDLE_S = 30.0, 300.0


@dataclass(frozen=True)
class Interception:
    """`proxy` is its address for `HTTPS_PROXY`, `url` the same sandbox over TLS, `ca_file` the
    authority that clients have to trust.
    """

    proxy: str
    url: str
    ca_file: Path

    @property
    def environ(self) -> Mapping[str, str]:
        """Variables for Python (requests, urllib, httpx), curl, Node.js and Go programs."""
        ca_variables = (
            "REQUESTS_CA_BUNDLE",
            "SSL_CERT_FILE",
            "CURL_CA_BUNDLE",
            "NODE_EXTRA_CA_CERTS",
        )
        return {
            **dict.fromkeys(("HTTPS_PROXY", "https_proxy"), self.proxy),
            **dict.fromkeys(ca_variables, str(self.ca_file)),
            "NODE_USE_ENV_PROXY": "1",  # from Node.js 24 on; before, a program needs an agent
        }


@contextmanager
def intercepting(
    hosts: Sequence[str], upstream: tuple[str, int], address: str = "127.0.0.1"
) -> Iterator[Interception]:
    """Serve these host names from `upstream`, which speaks plain HTTP, until the block ends.

    Raises:
        ConfigError: `cryptography` is not installed.
    """
    try:
        from clickup_mlops.sandbox.core import certificates
    except ImportError as problem:
        raise ConfigError(
            f"interception needs certificates: {problem}",
            hint="Install it with `pip install 'clickup-mlops[tls]'`.",
        ) from problem
    with TemporaryDirectory(prefix="sandbox-") as folder:
        names = [*hosts, "localhost", address]
        context, ca_file = certificates.make_context(Path(folder), names)
        listener = socket.create_server((address, 0))
        port = listener.getsockname()[1]
        front = _Front(context, frozenset(hosts), upstream)
        thread = threading.Thread(target=front.accept, args=(listener,), daemon=True)
        thread.start()
        try:
            place = f"{address}:{port}"
            yield Interception(f"http://{place}", f"https://{place}", ca_file)
        finally:
            # Closing alone does not wake a thread that waits in `accept`.
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join(timeout=5)


class _Front:
    def __init__(
        self, context: ssl.SSLContext, hosts: frozenset[str], upstream: tuple[str, int]
    ) -> None:
        self._context, self._hosts, self._upstream = context, hosts, upstream

    def accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        client.settimeout(_TIMEOUT_S)
        with client, suppress(OSError):  # who breaks the line has no answer to get
            if client.recv(1, socket.MSG_PEEK) != _HANDSHAKE and not self._open_tunnel(client):
                return
            with self._context.wrap_socket(client, server_side=True) as plain:
                self._relay(plain)

    def _open_tunnel(self, client: socket.socket) -> bool:
        """Answers CONNECT; whether what follows is for the sandbox."""
        words = _read_head(client).split(b"\r\n", 1)[0].split()
        host = words[1].decode("latin-1").rpartition(":")[0] if len(words) == 3 else ""
        if not words or words[0] != b"CONNECT":
            client.sendall(b"HTTP/1.1 405 Only tunnels\r\nContent-Length: 0\r\n\r\n")
            return False
        if host.lower() not in self._hosts:
            client.sendall(b"HTTP/1.1 403 Not a host of the sandbox\r\nContent-Length: 0\r\n\r\n")
            return False
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return True

    def _relay(self, plain: ssl.SSLSocket) -> None:
        """Copies both ways in one thread, because TLS connections are not for two, until one side
        closes.
        """
        with socket.create_connection(self._upstream, timeout=_TIMEOUT_S) as upstream:
            while True:
                # What is decrypted already does not wake `select`.
                ready = [plain] if plain.pending() else _wait([plain, upstream])
                for source in ready:
                    chunk = source.recv(_CHUNK)
                    if not chunk:
                        return
                    (upstream if source is plain else plain).sendall(chunk)


def _wait(sockets: list[socket.socket]) -> list[socket.socket]:
    """Those that can be read. Raises TimeoutError."""
    ready, _, _ = select.select(sockets, [], [], _IDLE_S)
    if not ready:
        raise TimeoutError
    return ready


def _read_head(client: socket.socket) -> bytes:
    """Up to the empty line, and not a byte more: the next one belongs to the tunnel."""
    head = b""
    while not head.endswith(b"\r\n\r\n") and len(head) < _LONGEST_HEAD:
        byte = client.recv(1)
        if not byte:
            return b""
        head += byte
    return head
