"""An MLflow server of a test's own, with a webhook to an address."""

import base64
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.ports import reserve_port

_EVENTS = [
    {"entity": "MODEL_VERSION", "action": "CREATED"},
    {"entity": "MODEL_VERSION_ALIAS", "action": "CREATED"},
]


class Mlflow:
    """Its REST API."""

    def __init__(self, address: str) -> None:
        self.address = address

    def post(self, path: str, **body: Any) -> Any:
        """One call; its answer."""
        address = f"{self.address}/api/2.0/mlflow/{path}"
        answer = requests.post(address, json=body, timeout=30)
        assert answer.ok, answer.text
        return answer.json()


@contextmanager
def mlflow(url: str, secret: str, folder: Path) -> Iterator[Mlflow]:
    """Once it is ready and has its webhook."""
    program = shutil.which("mlflow")
    if program is None:
        pytest.skip("no MLflow server: put `mlflow` on the PATH")
    port = reserve_port()
    command = [program, "server", "--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"]
    command += ["--artifacts-destination", str(folder / "artifacts"), "--workers", "1"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    env = os.environ | {
        "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "MLFLOW_WEBHOOK_ALLOWED_SCHEMES": "http,https",
        "MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS": "true",
        "MLFLOW_WEBHOOK_CACHE_TTL": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    log = (folder / "mlflow.log").open("wb")
    # In a group of its own: its workers end with it.
    with (
        log,
        subprocess.Popen(command, env=env, stdout=log, stderr=log, process_group=0) as running,
    ):
        try:
            address = f"http://127.0.0.1:{port}"
            _until_ready(address, running)
            server = Mlflow(address)
            server.post(
                "webhooks", name="bot", url=url, secret=secret, status="ACTIVE", events=_EVENTS
            )
            yield server
        finally:
            os.killpg(running.pid, signal.SIGTERM)


def _until_ready(address: str, running: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 100
    while time.monotonic() < end:
        assert running.poll() is None, "MLflow has ended"
        try:
            if requests.get(f"{address}/health", timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.2)
    raise TimeoutError("MLflow is not ready")
