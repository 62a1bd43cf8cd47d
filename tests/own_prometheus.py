"""A Prometheus server of a test's own, and an exporter with a number that the test sets."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from prometheus_client import CollectorRegistry, Gauge, start_http_server

from tests.ports import reserve_port

_CONFIG = """
global: {{ scrape_interval: 100ms }}
scrape_configs:
  - job_name: exporter
    static_configs: [{{ targets: ["127.0.0.1:{port}"] }}]
"""


class Exporter:
    """Serves one gauge, by the label `model`."""

    def __init__(self, name: str) -> None:
        registry = CollectorRegistry()
        self.gauge = Gauge(name, "Set by a test.", ["model"], registry=registry)
        self._server, self._thread = start_http_server(0, "127.0.0.1", registry)
        self.port = self._server.server_port

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def prometheus(exporter: Exporter, folder: Path) -> Iterator[str]:
    """Its address, once it answers."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("no Prometheus: install the package prometheus")
    port = reserve_port()
    config = folder / "prometheus.yml"
    config.write_text(_CONFIG.format(port=exporter.port), encoding="utf-8")
    address = f"http://127.0.0.1:{port}"
    command = [
        program,
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    with subprocess.Popen(command) as running:
        try:
            _until(lambda: requests.get(f"{address}/-/ready", timeout=1).ok)
            yield address
        finally:
            running.terminate()


def wait_for(address: str, query: str, value: float) -> None:
    """Until the query gives this one value."""

    def holds() -> bool:
        answer = requests.get(f"{address}/api/v1/query", {"query": query}, timeout=5).json()
        return [float(series["value"][1]) for series in answer["data"]["result"]] == [value]

    _until(holds)


def _until(holds: object, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            if holds():  # type: ignore[operator]
                return
        except requests.ConnectionError:
            pass
        assert time.monotonic() < end, "Prometheus was not ready in time"
        time.sleep(0.1)
