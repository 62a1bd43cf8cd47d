"""What was read lately, by measure and place."""

import pytest

from clickup_mlops.features.metrics.scrape import Reading, labels
from clickup_mlops.features.network.diagnosis.windows import windows

MINUTE = 60_000


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
