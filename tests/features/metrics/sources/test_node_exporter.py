"""A real node_exporter reads the ports of a made-up machine, and the source reads it."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from clickup_mlops.features.metrics.derive.formulas import read
from clickup_mlops.features.metrics.read.reader import WorldReader
from clickup_mlops.features.metrics.scrape import Scrape, Window
from clickup_mlops.features.network.metric_sources import node_exporter
from tests.ports import reserve_port

SECONDS = 10
GBIT_PER_S = 400


def port(root: Path, **counters: int) -> None:
    """Port 1 of `mlx5_0`, as the kernel shows it. Data counters count words of four bytes."""
    folder = root / "class/infiniband/mlx5_0/ports/1"
    (folder / "counters").mkdir(parents=True, exist_ok=True)
    (folder / "hw_counters").mkdir(exist_ok=True)
    for name, text in (("board_id", "MT_1"), ("fw_ver", "28.40.1"), ("hca_type", "MT4129")):
        (root / "class/infiniband/mlx5_0" / name).write_text(f"{text}\n")
    (folder / "rate").write_text(f"{GBIT_PER_S} Gb/sec (4X NDR)\n")
    (folder / "state").write_text("4: ACTIVE\n")
    (folder / "phys_state").write_text("5: LinkUp\n")
    (folder / "link_layer").write_text("Ethernet\n")
    for name, value in counters.items():
        (folder / "counters" / name).write_text(f"{value}\n")


@contextmanager
def exporter(root: Path) -> Iterator[str]:
    """The address of its page."""
    program = shutil.which("prometheus-node-exporter") or shutil.which("node_exporter")
    if program is None:
        pytest.skip("no node_exporter: install the package prometheus-node-exporter")
    address = f"127.0.0.1:{reserve_port()}"
    command = [program, f"--path.sysfs={root}", "--collector.disable-defaults"]
    command += ["--collector.infiniband", f"--web.listen-address={address}", "--log.level=error"]
    with subprocess.Popen(command) as running:
        try:
            _until_ready(f"http://{address}/metrics")
            yield f"http://{address}/metrics"
        finally:
            running.terminate()


def _until_ready(url: str) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            if requests.get(url, timeout=1).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.05)
    pytest.fail("node_exporter does not answer")


def scrape(url: str, at_ms: int) -> Scrape:
    settings = node_exporter.SOURCE.settings(kind="node_exporter", url=url)
    result: Scrape = node_exporter.SOURCE.collect(settings, WorldReader(), at_ms)
    assert result.problems == ()
    return result


@pytest.mark.services
def test_the_utilisation_of_a_port_is_read_from_a_real_exporter(tmp_path: Path) -> None:
    """Half of the line's rate in one direction; what the exporter does not have is unknown."""
    half = GBIT_PER_S * 10**9 // 8 // 2 * SECONDS // 4
    port(tmp_path, port_xmit_data=1_000, port_rcv_data=1_000)
    with exporter(tmp_path) as url:
        first = scrape(url, 0)
        port(tmp_path, port_xmit_data=1_000 + half, port_rcv_data=1_000)
        second = scrape(url, SECONDS * 1_000)
    result = read(node_exporter.SOURCE.measures, Window(second, first))
    readings = {reading.measure: reading for reading in result}

    assert readings["link_utilisation_pct"].value == pytest.approx(50, rel=0.01)
    assert dict(readings["link_utilisation_pct"].labels)["device"] == "mlx5_0"
    assert "retransmission_ppm" not in readings
