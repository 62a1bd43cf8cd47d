"""What real programs and devices gave is read without a complaint. Skips without the recordings."""

from pathlib import Path

import pytest

from clickup_mlops.features.metrics.read.reader import WorldReader
from clickup_mlops.features.network.metric_sources import ethtool, rdma_sysfs
from tests.features.metrics.sources.test_cases import readings


@pytest.fixture
def samples(reference_dir: Path) -> Path:
    result = reference_dir / "infra" / "samples"
    if not result.is_dir():
        pytest.skip("no recordings: set CLICKUP_MLOPS_REFERENCE to the folder with infra/samples")
    return result


PAGES = {
    "bentoml": ("inference/bentoml-1.4.40.prom", "running_requests"),
    "dcgm": ("inference/dcgm_exporter_t4_excerpt.prom", "gpu_temperature_c"),
    "kserve": ("inference/kserve-0.21.0.prom", "requests_per_s"),
    "triton": ("inference/triton_excerpt.prom", "gpu_memory_pct"),
    "vllm": ("inference/vllm_v0_2024_excerpt.prom", "kv_cache_pct"),
    "vllm_router": ("inference/vllm_router-0.1.17.prom", "healthy_workers"),
    "node_exporter": ("node_exporter/e2e-output.infiniband-network.prom", "links_down"),
}


@pytest.mark.parametrize("kind", PAGES)
def test_a_recorded_page_is_read(kind: str, samples: Path) -> None:
    """Its well-known measure is there, and nothing is a problem."""
    name, measure = PAGES[kind]
    measures = {reading.measure for reading in readings(kind, samples / name, samples / name)}
    assert measure in measures


def test_an_overloaded_engine_shows(samples: Path) -> None:
    """Two scrapes of one vLLM: a full cache, waiting requests, uneven load."""
    folder = samples / "inference"
    pages = (folder / f"vllm-0.33.0_logger_{at}.prom" for at in ("t0", "t1"))
    result = {reading.measure: reading for reading in readings("vllm", *pages)}
    assert result["kv_cache_pct"].value > 95
    assert result["waiting_requests"].value > 0
    assert result["replica_balance"].value < 0.95
    assert result["queue_p50_ms"].bound == "≤"
    assert 0 < result["prefix_hit_pct"].value < 100


def test_a_recorded_sysfs_is_read(samples: Path) -> None:
    """Three makes of adapters; one has hardware counters."""
    root = str(samples / "sysfs/procfs/sys")
    result = rdma_sysfs.collect(rdma_sysfs.Settings(kind="rdma_sysfs", root=root), WorldReader(), 0)
    devices = {dict(sample.labels)["device"] for sample in result.samples}
    assert devices == {"hfi1_0", "mlx4_0", "mlx5_0"}
    counted = {
        dict(sample.labels)["device"]
        for sample in result.samples
        if sample.name == "out_of_sequence"
    }
    assert counted == {"mlx5_0"}


@pytest.mark.parametrize(("name", "pauses"), [("bnxt_en_sfp_10gsr", 34), ("i40e_sfp_25g", 18)])
def test_recorded_drivers_are_read(name: str, pauses: int, samples: Path) -> None:
    """A pause counter for each priority and direction, and for the link."""
    text = (samples / f"ethtool/{name}.txt").read_text(encoding="utf-8")
    result = [sample for sample in ethtool.parse(text, "eth0") if sample.name.startswith("pause_")]
    assert len(result) == pauses
