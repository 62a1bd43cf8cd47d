"""A proxy that passes TLS on: whatever address is asked for, it connects to one server."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PASSED_ON = b"HTTP/1.1 200 Connection established\r\nX-Proxy: 1\r\n\r\n"
REFUSED = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"


@contextmanager
def connect_proxy(port: int, answer: bytes = PASSED_ON) -> Iterator[tuple[str, list[bytes]]]:
    """Serves until the block ends; its address, and the heads of what it was asked."""
    heads: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(client: socket.socket) -> None:
        with client, suppress(OSError):
            heads.append(client.recv(65_536))
            client.sendall(answer)
            if answer == PASSED_ON:
                with socket.create_connection(("127.0.0.1", port)) as server:
                    back = threading.Thread(target=pump, args=(server, client), daemon=True)
                    back.start()
                    pump(client, server)
                    back.join(5)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heads
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
