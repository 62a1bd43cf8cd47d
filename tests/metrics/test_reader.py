"""Reading the world, against a real server."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from clickup_mlops.metrics import reader as module
from clickup_mlops.metrics.reader import WorldReader
from clickup_mlops.metrics.source import SourceError


@pytest.fixture
def server() -> Iterator[str]:
    """`/ok`, `/json`, `/bad`, `/page`, `/drip` and `/echo`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/drip":
                self._drip()
            elif self.path == "/bad":
                self._answer(500, b"out\nof memory")
            elif self.path == "/page":
                self._answer(503, b"<!DOCTYPE HTML>\n<html>")
            else:
                self._answer(200, b"a 1\n" if self.path == "/ok" else b'{"a": 1}')

        def do_POST(self) -> None:
            self._answer(200, self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _drip(self) -> None:
            self.send_response(200)
            self.end_headers()
            stop.wait(5)

        def log_message(self, *_: object) -> None:
            pass

    stop = threading.Event()
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    stop.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_texts_and_json_are_read(server: str) -> None:
    """A body makes it a POST."""
    reader = WorldReader()
    assert reader.text(f"{server}/ok", {}, 5) == "a 1\n"
    assert reader.json(f"{server}/json", {}, {}, 5) == {"a": 1}
    assert reader.json(f"{server}/echo", {}, {}, 5, {"b": 2}) == {"b": 2}


def test_problems_say_where_and_why(server: str) -> None:
    """Not in the words of the library."""
    reader = WorldReader()
    with pytest.raises(SourceError, match="/bad: HTTP 500: out of memory"):
        reader.text(f"{server}/bad", {}, 5)
    with pytest.raises(SourceError, match=r"/page: HTTP 503: Service Unavailable$"):
        reader.text(f"{server}/page", {}, 5)
    with pytest.raises(SourceError, match="is not JSON: b'a 1"):
        reader.json(f"{server}/ok", {}, {}, 5)
    with pytest.raises(
        SourceError, match=r"^http://127.0.0.1:1/x: \[Errno 111\] Connection refused$"
    ):
        reader.text("http://127.0.0.1:1/x", {}, 5)
    with pytest.raises(SourceError, match="timed out"):
        reader.text(f"{server}/drip", {}, 0.2)


def test_a_page_without_end_is_not_read_to_the_end(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit names itself."""
    monkeypatch.setattr(module, "LARGEST", 2)
    with pytest.raises(SourceError, match="more than"):
        WorldReader().text(f"{server}/ok", {}, 5)
