"""Pages of a simulated fabric over HTTP, on this machine alone: `/gpu-01/rdma_exporter`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final

_LOCAL: Final = "127.0.0.1"


class PageServer(ThreadingHTTPServer):
    """Serves what `pages` holds at the time."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__((_LOCAL, 0), _Handler)
        self.pages: Mapping[str, str] = {}

    @property
    def address(self) -> str:
        """The host and port that it listens at."""
        return f"{_LOCAL}:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """One page."""
        server = self.server
        page = server.pages.get(self.path.strip("/")) if isinstance(server, PageServer) else None
        body = (page or "").encode()
        self.send_response(404 if page is None else 200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a scrape of a fleet is hundreds of requests."""


@contextmanager
def serving() -> Iterator[PageServer]:
    """A server until the block ends."""
    server = PageServer()
    thread = Thread(target=server.serve_forever, name="simulated-pages", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
