"""A server that never ends and never pauses: each byte comes in time, the whole never."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

HEADER: Final = (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a")
BODY: Final = (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"a")
ENDLESS: Final = (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"a")
"""A body that ends with the connection: its end looks like that of the answer."""
TLS: Final = (b"\x16\x03\x03\x40\x00", b"\0")
"""A record of a handshake."""
SMTP: Final = (b"220-", b"a")
HOW: Final = {"header": HEADER, "body": BODY, "endless": ENDLESS, "tls": TLS}
_EVERY_S: Final = 0.02


@contextmanager
def dripping(first: bytes, then: bytes) -> Iterator[int]:
    """Serves until the block ends; its port."""
    stop, server = threading.Event(), socket.create_server(("127.0.0.1", 0))

    def drip(client: socket.socket) -> None:
        with client, suppress(OSError):
            client.sendall(first)
            while not stop.wait(_EVERY_S):
                client.sendall(then)

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = server.accept()
                threading.Thread(target=drip, args=[client], daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        stop.set()
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
