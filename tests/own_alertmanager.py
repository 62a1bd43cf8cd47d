"""An Alertmanager of a test's own, which reports to an address."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.ports import reserve_port

_CONFIG = """
route: {{ receiver: bot, group_by: [cluster], group_wait: 100ms, group_interval: 1s }}
receivers:
  - name: bot
    webhook_configs:
      - url: {url}
        http_config: {{ authorization: {{ credentials: {token} }} }}
"""


class Alertmanager:
    """Takes alerts as Prometheus sends them."""

    def __init__(self, address: str) -> None:
        self.address = address

    def post(self, *labels: dict[str, str], **more: Any) -> None:
        """Alerts with these labels; `endsAt` resolves them."""
        alerts = [{"labels": label_set, **more} for label_set in labels]
        answer = requests.post(f"{self.address}/api/v2/alerts", json=alerts, timeout=9)
        answer.raise_for_status()


@contextmanager
def alertmanager(url: str, token: str, folder: Path) -> Iterator[Alertmanager]:
    """Once it is ready."""
    program = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if program is None:
        pytest.skip("no Alertmanager: install the package prometheus-alertmanager")
    config, port = folder / "alertmanager.yml", reserve_port()
    config.write_text(_CONFIG.format(url=url, token=token), encoding="utf-8")
    command = [
        program,
        f"--config.file={config}",
        f"--storage.path={folder / 'alerts'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--log.level=error",
    ]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command) as running:
        try:
            _until_ready(address, running)
            yield Alertmanager(address)
        finally:
            running.terminate()


def _until_ready(address: str, running: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        assert running.poll() is None, "Alertmanager has ended"
        try:
            if requests.get(f"{address}/-/ready", timeout=1).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.05)
    raise TimeoutError("Alertmanager is not ready")
