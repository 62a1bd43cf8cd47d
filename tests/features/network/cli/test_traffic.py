"""`network traffic` prints a row for each job of the topology, and why a value is missing."""

import json
import time
from pathlib import Path

import pytest

from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import Series
from tests.empty import store_at
from tests.interfaces.cli.conftest import Cli, cli, connected

__all__ = ["cli", "connected"]

FABRIC = """
[[port]]
host = "gpu-01"
device = "mlx5_0"
role = "back_end"
rail = 0
switch = "leaf0"

[[job]]
id = "4711"
name = "llm"
hosts = ["gpu-01"]
kind = "training"
"""


@pytest.fixture
def configured(connected: Cli) -> Cli:
    """With a fabric of one port, and a job on it."""
    Path("fabric.toml").write_text(FABRIC, encoding="utf-8")
    with Path("config.toml").open("a", encoding="utf-8") as file:
        file.write('[[network.topology]]\nkind = "file"\nfiles = ["fabric.toml"]\n')
    return connected


def record(workspace: str, measure: str, labels: str, value: float) -> None:
    """The same value for ten minutes."""
    now_ms = round(time.time() * 1000)
    series = Series(workspace, "rdma", measure, labels, "", "", "")
    with Store.open(store_at(Path("clickup-mlops.db"))) as store:
        store.history.put(
            (series, at_ms, value) for at_ms in range(now_ms - 590_000, now_ms, 30_000)
        )
        store.flush()


def test_a_job_has_its_bytes_and_its_collectives(configured: Cli, clickup_sandbox: Sandbox) -> None:
    workspace = clickup_sandbox.team_id
    record(workspace, "sent_bytes_s", "device=mlx5_0, host=gpu-01, port=1", 25e9)
    record(workspace, "bus_bandwidth_gb_s", "collective=AllReduce, job=4711", 180.0)

    ran = configured("network", "traffic")

    text = " ".join(ran.out.split())
    assert ran.code == 0
    assert "llm (training) 1 200 Gbit/s" in text
    assert "llm AllReduce 180 GB/s" in text
    assert "What leaves a leaf: no source reads the uplinks of its leaves." in text
    (job,) = json.loads(configured("network", "traffic", "--json").out)["jobs"]
    assert job["sent_bytes_s"] == 25e9


def test_nothing_measured_is_unknown_with_the_reason(configured: Cli) -> None:
    with Store.open(store_at(Path("clickup-mlops.db"))):
        pass
    ran = configured("network", "traffic")

    assert ran.code == 0
    assert "Bytes: no source reads its hosts' ports." in ran.out
    assert "Collectives: NCCL Inspector" in ran.out


def test_without_a_topology_it_says_what_to_configure(connected: Cli) -> None:
    refused = connected("network", "traffic")

    assert refused.code == 1
    assert "no [[network.topology]] is configured" in refused.err
