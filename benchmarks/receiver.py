"""How fast the receiver answers: `python benchmarks/receiver.py [--json]`.

Each server (granian, then the fall-back waitress) runs in a process of its own and is measured
twice in the same run: with its own hello-world, and with the real app. The app gets distinct
signed events on keep-alive connections; each is on disk (SQLite, synchronous=FULL) before its 200.

The load comes from one more process: a single thread with `selectors` and raw sockets, requests
signed and serialised beforehand, one request in flight on each connection. It costs about 15 µs
per request, on the same cores.
"""

import argparse
import json
import logging
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from family import ROOT, cpu_s

sys.path.insert(0, str(ROOT))

from tests.ports import reserve_port

if TYPE_CHECKING:
    from clickup_mlops.bot.receive.ingest import Receipt

SECRET = "benchmark-secret"
WEBHOOK = "7fa3ec74-69a8-4530-a251-8a13730bd204"


@dataclass(frozen=True)
class Figures:
    """What one run showed. CPU is the server's, user and system, per request."""

    server: str
    app: str
    requests: int
    per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float


# -- the server under test


class BenchBot:
    """Just enough of a bot: a store and one secret, no threads."""

    def __init__(self, url: str) -> None:
        from clickup_mlops.bot.receive.clickup_deliveries import ClickUpDeliveries
        from clickup_mlops.bot.receive.ingest import Ingest
        from clickup_mlops.bot.receive.ranking import Ranking
        from clickup_mlops.store import Store

        self.store = Store.open(url)
        self.settings = SimpleNamespace(table=lambda kind: kind())
        ranking = Ranking(self.store.workload_estimates, {})
        self._deliveries = ClickUpDeliveries(
            self.secrets, lambda _webhook: "900", lambda _event, _row: False, ranking.of_event
        )
        self._ingest = Ingest(lambda: self.store.inbox, lambda _lane, _rank: None, self.now_ms)

    def accept_event(self, body: bytes, headers: Mapping[str, str], /) -> "Receipt":
        """As the bot does it; nobody handles anything."""
        return self._ingest.accept(self._deliveries, body, headers)

    def secrets(self, webhook_id: str) -> Sequence[str]:
        """One secret, for one webhook."""
        return (SECRET,) if webhook_id == WEBHOOK else ()

    def now_ms(self) -> int:
        """The real time."""
        return time.time_ns() // 1_000_000

    def stopped(self) -> Sequence[str]:
        """There are no threads."""
        return ()

    def start(self) -> None:
        """There are no threads."""

    def stop(self) -> None:
        """Writes what is queued."""
        self.store.close()

    def __enter__(self) -> "BenchBot":
        return self

    def __exit__(self, *_: object) -> None:
        pass


@dataclass(frozen=True)
class Options:
    """As `[server]` in the settings."""

    kind: str
    port: int
    threads: int
    host: str = "127.0.0.1"
    request_s: float = 15
    connections: int = 512
    connections_per_peer: int = 128
    max_body_bytes: int = 1_048_576


def hello(_environ: dict[str, object], start_response: object) -> list[bytes]:
    """The baseline: the least that a WSGI app can do."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])  # type: ignore[operator]
    return [b"ok"]


def serve(app: str, options: Options, url: str) -> None:
    """The measured process: serves until it is told to stop."""
    from clickup_mlops import logs
    from clickup_mlops.interfaces.web import server

    logs.configure("WARNING")
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    if app == "hello":
        # The same server, with nothing of ours behind it.
        server._started = lambda *_: hello  # type: ignore[assignment]
    server.run(partial(BenchBot, url), options)  # type: ignore[arg-type]


@contextmanager
def running(app: str, options: Options, url: str) -> Iterator[int]:
    """The measured process, up; its process id."""
    command = [sys.executable, __file__, "--serve", app, options.kind, str(options.port), url]
    process = subprocess.Popen([*command, "--threads", str(options.threads)])
    try:
        wait_for(options.port)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def wait_for(port: int) -> None:
    """Returns when somebody listens."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the server did not start")


# -- the load


def requests_for(count: int, port: int, run: int) -> list[bytes]:
    """Distinct events about 500 tasks, signed, as bytes ready to send."""
    from clickup_mlops.clickup.webhook import sign

    created = []
    for number in range(count):
        item = {
            "id": f"{run}{number:018d}",
            "type": 1,
            "date": str(1_700_000_000_000 + number),
            "field": "priority",
            "parent_id": "901200000001",
            "data": {},
            "source": None,
            "user": {
                "id": 183,
                "username": "Jordan Doe",
                "email": "jordan@example.org",
                "color": "#7b68ee",
                "initials": "JD",
                "profilePicture": None,
            },
            "before": None,
            "after": {"id": "2", "priority": "high", "color": "#f8ae00", "orderindex": "2"},
        }
        event = {
            "event": "taskPriorityUpdated",
            "history_items": [item],
            "task_id": f"86d3f{number % 500:04d}",
            "webhook_id": WEBHOOK,
        }
        body = json.dumps(event, separators=(",", ":")).encode()
        head = (
            f"POST /hooks/clickup HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Content-Type: application/json\r\nX-Signature: {sign(body, SECRET)}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        created.append(head.encode() + body)
    return created


def drive(port: int, requests: Sequence[bytes], connections: int) -> tuple[float, list[float]]:
    """Sends them all; wall seconds, and each request's seconds."""
    remainder, took = iter(requests), []
    picker = selectors.DefaultSelector()
    began = time.perf_counter()
    for request in (
        request_bytes for _, request_bytes in zip(range(connections), remainder, strict=False)
    ):
        link = socket.create_connection(("127.0.0.1", port))
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        picker.register(link, selectors.EVENT_READ, [time.perf_counter(), b""])
        link.sendall(request)
    while picker.get_map():
        for key, _ in picker.select(30):
            answer = key.fileobj.recv(4096)  # type: ignore[union-attr]
            now = time.perf_counter()
            key.data[1] += answer
            if not is_whole(key.data[1]):
                continue
            took.append(now - key.data[0])
            request = next(remainder, None)
            if request is None:
                picker.unregister(key.fileobj)
                key.fileobj.close()  # type: ignore[union-attr]
            else:
                key.data[:] = now, b""
                key.fileobj.sendall(request)  # type: ignore[union-attr]
    return time.perf_counter() - began, took


def is_whole(answer: bytes) -> bool:
    """Whether a 200 and its two bytes of body are there; anything else ends the benchmark."""
    if not b"HTTP/1.1 200 OK".startswith(answer[:15]):
        raise SystemExit(f"not acknowledged: {answer[:200]!r}")
    return answer.endswith(b"\r\n\r\nok")


def measure(app: str, options: Options, count: int, connections: int, folder: Path) -> Figures:
    """One server with one app, after a short warm-up."""
    url = f"sqlite:///{folder / f'{options.kind}-{app}.db'}"
    with running(app, options, url) as pid:
        drive(options.port, requests_for(500, options.port, 1), connections)
        requests = requests_for(count, options.port, 2)
        before = cpu_s(pid)
        wall, took = drive(options.port, requests, connections)
        cpu = cpu_s(pid) - before
    if app == "receiver":
        must_be_stored(url, count + 500)
    cuts = statistics.quantiles(took, n=100)
    return Figures(
        server=options.kind,
        app=app,
        requests=count,
        per_s=round(count / wall),
        p50_ms=round(cuts[49] * 1000, 2),
        p99_ms=round(cuts[98] * 1000, 2),
        cpu_us=round(cpu / count * 1e6),
    )


def must_be_stored(url: str, count: int) -> None:
    """Every acknowledged event must be on disk, or the figures mean nothing."""
    from clickup_mlops.store import Store

    with Store.open(url) as store:
        stored = store.inbox.depth(0).ready
    if stored != count:
        raise SystemExit(f"{count} events were acknowledged, {stored} are stored")


def report(figures: Sequence[Figures]) -> None:
    """Prints the table and the ratios."""
    print(f"{'server':9} {'app':9} {'req/s':>7} {'p50 ms':>7} {'p99 ms':>7} {'CPU µs':>7}")
    for figure in figures:
        print(
            f"{figure.server:9} {figure.app:9} {figure.per_s:7.0f}"
            f" {figure.p50_ms:7.2f} {figure.p99_ms:7.2f} {figure.cpu_us:7.0f}"
        )
    for base, real in zip(figures[::2], figures[1::2], strict=True):
        print(
            f"{base.server}: the receiver does {real.per_s / base.per_s:.2f} of the server's own "
            f"hello-world, at {real.cpu_us / max(base.cpu_us, 1):.1f} times its CPU"
        )


def main() -> None:
    """Reads the options, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--server", choices=["granian", "waitress"], action="append")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", nargs=4, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        app, kind, port, url = chosen.serve
        serve(app, Options(kind, int(port), chosen.threads), url)
        return
    figures = []
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        for kind in chosen.server or ("granian", "waitress"):
            for app in ("hello", "receiver"):
                options = Options(kind, reserve_port(), chosen.threads)
                figures.append(
                    measure(app, options, chosen.requests, chosen.connections, Path(folder))
                )
    if chosen.json:
        print(json.dumps([asdict(figure) for figure in figures], indent=2))
    else:
        report(figures)


if __name__ == "__main__":
    main()
