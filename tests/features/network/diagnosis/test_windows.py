"""What was read lately, by measure and place."""

import pytest

from clickup_mlops.features.metrics.scrape import Reading, labels
from clickup_mlops.features.network.diagnosis.fabric import Fabric, Port, UplinkGroup
from clickup_mlops.features.network.diagnosis.text import block
from clickup_mlops.features.network.diagnosis.windows import windows
from clickup_mlops.features.network.operations import find, read_windows
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import DAY, FIVE_MINUTES, HOUR, Series

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
    data = windows(readings, 10 * MINUTE, 10 * MINUTE, str)

    totals = {place: data.total("links_down", place) for place in data.places("links_down")}
    assert totals == {"a/mlx5_0": 10.0, "b/mlx5_0": 10.0}


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_counters_of_one_port_the_higher_one_counts(order: int) -> None:
    """`link_downed` of RDMA stays 0 on Ethernet; the network device of the same port counts."""
    readings = read("links_down", 0.0, "a") + read("links_down", 1.0, "a", device="ens1np0")
    fabric = Fabric((Port("a", "mlx5_0", netdev="ens1np0"),))
    data = windows(readings[::order], 10 * MINUTE, 10 * MINUTE, fabric.name_of)

    assert data.places("links_down") == ["a/mlx5_0"]
    assert data.total("links_down", "a/mlx5_0") == 10.0


@pytest.mark.parametrize(
    ("host", "place"),
    [
        ("gpu-01.dc.example", "gpu-01/mlx5_0"),
        ("GPU-01", "gpu-01/mlx5_0"),
        ("nfs", "nfs.dc.example/mlx5_0"),
        ("leaf1.dc.example", "leaf1/mlx5_0"),
        ("gpu-02", "gpu-02/mlx5_0"),
        ("10.0.0.7", "10.0.0.7/mlx5_0"),
    ],
)
def test_a_machine_is_the_same_with_a_domain_and_without(host: str, place: str) -> None:
    """Unless two are called so: then it is none of both."""
    hosts = ("gpu-01", "nfs.dc.example", "gpu-02.a.example", "gpu-02.b.example")
    leaf = UplinkGroup("leaf1", "uplinks", ("leaf1/Ethernet0",))
    fabric = Fabric(tuple(Port(name, "mlx5_0") for name in hosts), (leaf,))
    readings = read("links_down", 1.0, host)
    data = windows(readings, 10 * MINUTE, 10 * MINUTE, fabric.name_of)

    assert data.places("links_down") == [place]


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


def keep_past(store: Store, measure: str, values: list[float], off_ms: int = 0) -> None:
    """Of a port, one value for each of the days before, the newest first, with its means."""
    series = Series("1", "rdma", measure, "device=mlx5_0, host=gpu-01, port=1", "", "", "")
    hour_ms = END_MS - END_MS % HOUR + off_ms
    for number, value in enumerate(values, start=1):
        start_ms = hour_ms - number * DAY
        store.history.put([(series, start_ms + MINUTE, value), (series, start_ms + 600_000, value)])
        for step in (FIVE_MINUTES, HOUR):
            store.history.rollup(step, start_ms, start_ms + HOUR)


def test_a_number_is_shown_beside_those_of_the_same_hour_on_the_days_before(store: Store) -> None:
    """Of seven days; the other hours, and older days, are not compared."""
    values = {
        "line_rate_bytes_s": 5e10,
        "received_utilisation_pct": 60.0,
        "pause_sent_pct": 30.0,
    }
    store.history.put(
        (Series("1", "rdma", measure, "device=mlx5_0, host=gpu-01, port=1", "", "", ""), at, value)
        for measure, value in values.items()
        for at in range(END_MS - 590_000, END_MS, 30_000)
    )
    keep_past(store, "pause_sent_pct", [0.1, 0.2, 0.3, 0.1, 0.1, 0.1, 0.4, 99.0])
    keep_past(store, "pause_sent_pct", [88.0, 88.0], HOUR)

    (finding,) = find(store, "1", Fabric(), END_MS).findings
    assert finding.days["pause_sent_pct"] == pytest.approx([0.4, 0.1, 0.1, 0.1, 0.3, 0.2, 0.1])
    assert "; means at this hour of 7 days before 0.1% to 0.4%)" in block(finding)


@pytest.mark.parametrize(
    ("days", "keys"),
    [
        ([5e10, 5e10, 5e10], ["half_speed gpu-01/mlx5_0"]),
        ([2.5e10, 2.5e10, 5e10], []),
        ([5e10, 5e10], []),
    ],
)
def test_a_port_without_peers_is_compared_with_itself(
    store: Store, days: list[float], keys: list[str]
) -> None:
    """At the same hour, if there are three days of it."""
    keep_past(store, "line_rate_bytes_s", days)
    now = Series("1", "rdma", "line_rate_bytes_s", "device=mlx5_0, host=gpu-01, port=1", "", "", "")
    store.history.put((now, at, 2.5e10) for at in range(END_MS - 590_000, END_MS, 30_000))

    assert [finding.key for finding in find(store, "1", Fabric(), END_MS).findings] == keys
