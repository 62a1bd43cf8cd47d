"""What was read lately, by measure and place."""

import pytest

from clickup_mlops.features.metrics.scrape import Reading, labels
from clickup_mlops.features.network.diagnosis.fabric import Fabric
from clickup_mlops.features.network.diagnosis.windows import windows
from clickup_mlops.features.network.operations import find, read_windows
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import Series

MINUTE = 60_000
END_MS = 1_800_000_000_000


def read(measure: str, value: float, *hosts: str, device: str = "mlx5_0") -> list[Reading]:
    """A value for each of ten minutes."""
    return [
        Reading(measure, "", value, at * MINUTE, labels(host=host, device=device))
        for at in range(1, 11)
        for host in hosts
    ]


def test_events_of_recording_rules_count_beside_those_of_exporters() -> None:
    """Of hosts whose exporter no source reads; where both are, the exporter's own count holds."""
    readings = read("links_down", 1.0, "a") + read("links_down_5m", 5.0, "a", "b")
    data = windows(readings, 10 * MINUTE, 10 * MINUTE, {})

    totals = {place: data.total("links_down", place) for place in data.places("links_down")}
    assert totals == {"a/mlx5_0": 10.0, "b/mlx5_0": 10.0}


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_counters_of_one_port_the_higher_one_counts(order: int) -> None:
    """`link_downed` of RDMA stays 0 on Ethernet; the network device of the same port counts."""
    readings = read("links_down", 0.0, "a") + read("links_down", 1.0, "a", device="ens1np0")
    data = windows(readings[::order], 10 * MINUTE, 10 * MINUTE, {"a/ens1np0": "a/mlx5_0"})

    assert data.places("links_down") == ["a/mlx5_0"]
    assert data.total("links_down", "a/mlx5_0") == 10.0


def test_sources_of_one_host_each_are_told_apart(store: Store) -> None:
    """Pages by `url` do not say whose ports and switches they are: the source's name does."""
    values = {
        "line_rate_bytes_s": (5e10, 5e10),
        "received_utilisation_pct": (60.0, 60.0),
        "pause_sent_pct": (30.0, 0.0),
    }
    store.history.put(
        (Series("1", source, measure, "device=mlx5_0, port=1", "", "", ""), at_ms, pair[number])
        for measure, pair in values.items()
        for number, source in enumerate(["gpu-01", "gpu-02"])
        for at_ms in range(END_MS - 590_000 + number, END_MS, 30_000)
    )
    labels = "device=Ethernet0, interface=Ethernet0"
    switch = Series("1", "leaf1", "switch_sent_utilisation_pct", labels, "", "", "")
    store.history.put([(switch, END_MS - 1000, 50.0)])

    (finding,) = find(store, "1", Fabric(), END_MS).findings
    assert finding.key == "slow_receiver gpu-01/mlx5_0"
    data = read_windows(store, "1", Fabric(), END_MS)
    assert data.places("switch_sent_utilisation_pct") == ["leaf1/Ethernet0"]
