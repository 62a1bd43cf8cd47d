"""A model server that only talks: it serves a metrics page as vLLM does, with numbers on demand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

EDGES: Final = (0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0)
"""Upper edges of the latency histogram, in seconds; the first of vLLM's."""


class ModelServer:
    """Serves requests of one latency, in seconds; `waiting` of them queue."""

    def __init__(self, model: str) -> None:
        self.model, self.latency_s, self.waiting, self.cache = model, 0.6, 0, 0.4
        self._served = dict.fromkeys(EDGES, 0)
        self._lock = threading.Lock()

    def page(self) -> str:
        """The page; each reading finds twenty more requests served."""
        with self._lock:
            for edge in EDGES:
                self._served[edge] += 20 * (self.latency_s <= edge)
            counts = {str(edge): count for edge, count in self._served.items()}
        counts["+Inf"] = self._served[EDGES[-1]]
        name = f'model_name="{self.model}",engine="0"'
        buckets = (
            f'vllm:e2e_request_latency_seconds_bucket{{le="{edge}",{name}}} {count}'
            for edge, count in counts.items()
        )
        return "\n".join(
            [
                *buckets,
                f"vllm:num_requests_running{{{name}}} 12",
                f"vllm:num_requests_waiting{{{name}}} {self.waiting}",
                f"vllm:kv_cache_usage_perc{{{name}}} {self.cache}",
                "",
            ]
        )


@contextmanager
def running(server: ModelServer) -> Iterator[str]:
    """The address of its page."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = server.page().encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: the demo prints."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=http.serve_forever, name="model server", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}/metrics"
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
