"""Traffic of jobs: whose bytes they are, what leaves a leaf, collectives against their limit."""

from dataclasses import replace

import pytest

from clickup_mlops.features.metrics.scrape import Reading, labels
from clickup_mlops.features.network.diagnosis.diagnose import WINDOW_MS
from clickup_mlops.features.network.diagnosis.fabric import (
    Fabric,
    Job,
    Port,
    UplinkGroup,
    of_topology,
)
from clickup_mlops.features.network.diagnosis.windows import windows
from clickup_mlops.features.network.observing import observe
from clickup_mlops.features.network.simulate.fabrics import SHAPES
from clickup_mlops.features.network.simulate.hour import SCRAPE_S, scrapes
from clickup_mlops.features.network.simulate.world import World
from clickup_mlops.features.network.topology.model import Job as JobOfTopology
from clickup_mlops.features.network.topology.model import Topology
from clickup_mlops.features.network.traffic.jobs import job_traffic
from clickup_mlops.features.network.traffic.model import JobTraffic
from tests.simulated_fabric import START_MS, fabric_of

END_MS = START_MS + WINDOW_MS
SCRAPES = 16
GB = 1e9
HOSTS = ("gpu-01", "gpu-02")
PORTS = tuple(
    Port(host, f"mlx5_{rail}", str(rail), "back_end", f"leaf{rail}", f"Ethernet{number}")
    for number, host in enumerate(HOSTS)
    for rail in range(2)
)
GROUPS = tuple(
    UplinkGroup(f"leaf{rail}", "uplinks", (f"leaf{rail}/Ethernet8", f"leaf{rail}/Ethernet9"))
    for rail in range(2)
)
JOB = Job("llm", frozenset(HOSTS), "training", id="4711")
FABRIC = Fabric(PORTS, GROUPS, (JOB,), dict.fromkeys(HOSTS, "pod1"))

ONE_LEAF = replace(FABRIC, ports=tuple(replace(port, switch="leaf0") for port in PORTS))


def held(measure: str, value: float, **of: str) -> list[Reading]:
    """The same value every minute of the window."""
    times = range(END_MS - WINDOW_MS + 60_000, END_MS + 1, 60_000)
    return [Reading(measure, "", value, at_ms, labels(**of)) for at_ms in times]


def ports(sent: dict[str, float], fabric: Fabric = FABRIC) -> list[Reading]:
    """What each host sends on each of its ports, in GB/s, on links of 50 GB/s."""
    return [
        reading
        for port in fabric.ports
        for measure, value in (
            ("sent_bytes_s", sent.get(port.host, 0.0) * GB),
            ("received_bytes_s", 10 * GB),
            ("line_rate_bytes_s", 50 * GB),
        )
        for reading in held(measure, value, host=port.host, device=port.device)
    ]


def uplinks(value: float) -> list[Reading]:
    """What each uplink sends, in GB/s."""
    return [
        reading
        for group in GROUPS
        for member in group.members
        for reading in held(
            "switch_sent_bytes_s", value * GB, switch=group.switch, interface=member.split("/")[1]
        )
    ]


def traffic(readings: list[Reading], fabric: Fabric = FABRIC) -> JobTraffic:
    """Of the first job."""
    data = windows(readings, END_MS, WINDOW_MS, fabric.name_of)
    return next(entry for entry in job_traffic(readings, data, fabric) if entry.job == "llm")


def test_bytes_are_the_sum_over_the_ports_of_its_hosts() -> None:
    entry = traffic(ports({"gpu-01": 30.0, "gpu-02": 10.0}))

    assert (entry.sent_bytes_s, entry.received_bytes_s) == (80 * GB, 40 * GB)
    assert (entry.busiest, entry.peak) == ("gpu-01", 1.5)


def test_a_sum_that_lacks_ports_says_so() -> None:
    """A port that is down has no bytes to add."""
    read = replace(FABRIC, ports=PORTS[:2])
    readings = ports({"gpu-01": 30.0}, read)
    down = held("port_is_up", 0.0, host="gpu-02", device="mlx5_1")

    reasons = traffic(readings + down).unknown

    assert "Bytes are too small: 1 port not read, such as gpu-02/mlx5_0." in reasons
    assert not any("too small" in reason for reason in traffic(ports({"gpu-01": 30.0})).unknown)


def test_in_one_pod_what_leaves_a_leaf_of_one_rail_changes_the_rail() -> None:
    entry = traffic(ports({"gpu-01": 20.0, "gpu-02": 20.0}) + uplinks(5.0))

    assert (entry.off_leaf_pct, entry.cross_rail_pct, entry.cross_pod_pct) == (25.0, 25.0, 0.0)


def test_over_several_pods_rail_and_pod_are_not_told_apart() -> None:
    two_pods = replace(FABRIC, pods={"gpu-01": "pod1", "gpu-02": "pod2"})
    entry = traffic(ports({"gpu-01": 20.0, "gpu-02": 20.0}) + uplinks(5.0), two_pods)

    assert (entry.off_leaf_pct, entry.cross_rail_pct, entry.cross_pod_pct) == (25.0, None, None)
    assert any("several pods" in reason for reason in entry.unknown)


@pytest.mark.parametrize(
    ("fabric", "load", "reason"),
    [
        (replace(FABRIC, pods={}), 20.0, "does not say in which pods"),
        (ONE_LEAF, 20.0, "not of one rail each"),
        (FABRIC, 0.0, "its hosts send nothing"),
    ],
    ids=["pods unknown", "leaf of two rails", "idle"],
)
def test_a_value_is_missing_for_the_reason_that_is_shown(
    fabric: Fabric, load: float, reason: str
) -> None:
    entry = traffic(ports(dict.fromkeys(HOSTS, load)) + uplinks(5.0), fabric)

    assert entry.cross_rail_pct is None
    assert (
        [line for line in entry.unknown if not line.startswith("Collectives")]
        == [line for line in entry.unknown if reason in line]
        != []
    )


def test_what_is_recorded_of_a_job_shows_no_collectives() -> None:
    """The bot reads its own series together with those of sources."""
    recorded = [*held("job_bytes_s", 1.0, job="llm"), *held("job_peak", 1.0, job="llm")]

    assert any("NCCL Inspector" in reason for reason in traffic(ports({}) + recorded).unknown)


def test_jobs_of_one_name_on_the_same_hosts_are_told_apart() -> None:
    """Slurm's and Kubernetes' names are of people; the scheduler's number is added."""
    jobs = tuple(JobOfTopology(id_, HOSTS, "train") for id_ in ("17", "18"))
    fabric = replace(FABRIC, jobs=of_topology(Topology(jobs=jobs)).jobs)
    readings = ports(dict.fromkeys(HOSTS, 20.0))

    entries = job_traffic(readings, windows(readings, END_MS, WINDOW_MS, fabric.name_of), fabric)

    assert [(entry.job, entry.sent_bytes_s) for entry in entries] == [
        ("train (17)", None),
        ("train (18)", None),
    ]


def test_bytes_of_hosts_that_run_another_job_are_nobodys() -> None:
    shared = replace(FABRIC, jobs=(JOB, Job("eval", frozenset({"gpu-02"}))))
    entry = traffic(ports({"gpu-01": 20.0, "gpu-02": 20.0}) + uplinks(5.0), shared)

    assert (entry.sent_bytes_s, entry.peak, entry.off_leaf_pct) == (None, None, None)
    assert entry.unknown[0] == "Bytes: its hosts also run eval."


def test_leaves_that_another_host_uses_say_nothing_of_this_job() -> None:
    stranger = Port("gpu-09", "mlx5_0", "0", "back_end", "leaf0", "Ethernet5")
    busy = replace(FABRIC, ports=(*PORTS, stranger))
    readings = ports({"gpu-01": 20.0, "gpu-02": 20.0, "gpu-09": 1.0}, busy) + uplinks(5.0)

    entry = traffic(readings, busy)

    assert entry.off_leaf_pct is None
    assert any("gpu-09 use the same leaves" in reason for reason in entry.unknown)


def test_a_collective_is_compared_with_the_ports_of_the_slowest_host() -> None:
    """By the scheduler's number of the job; what each rank says is not added."""
    key = {"job": "4711", "collective": "AllReduce"}
    readings = [
        *ports({}),
        *held("bus_bandwidth_gb_s", 80.0, **key),
        *held("collective_mean_ms", 9.0, **key),
        *held("stragglers", 1.0, **key),
        *held("rank_bus_bandwidth_gb_s", 20.0, rank="gpu-01/0", **key),
        *held("communication_pct", 30.0, job="4711"),
    ]
    entry = traffic(readings)

    (collective,) = entry.collectives
    assert (collective.name, collective.limit_gb_s, collective.bus_pct) == (
        "AllReduce",
        100.0,
        80.0,
    )
    assert (collective.mean_ms, collective.stragglers) == (9.0, 1)
    assert entry.communication_pct == 30.0


@pytest.mark.parametrize(
    ("name", "hosts"), [("AlltoAll", HOSTS), ("AllReduce", HOSTS[:1])], ids=["no ring", "one host"]
)
def test_without_a_bound_by_the_ports_there_is_no_share(name: str, hosts: tuple[str, ...]) -> None:
    fabric = replace(FABRIC, jobs=(replace(JOB, hosts=frozenset(hosts)),))
    readings = [*ports({}), *held("bus_bandwidth_gb_s", 80.0, job="llm", collective=name)]

    (collective,) = traffic(readings, fabric).collectives

    assert (collective.bus_gb_s, collective.bus_pct) == (80.0, None)


@pytest.mark.parametrize("shape", SHAPES)
def test_jobs_of_a_simulated_fabric_send_what_their_ports_count(shape: str) -> None:
    """Through the pages of exporters: the same as the counters of the world say."""
    world = World(SHAPES[shape], "training", 4)
    world.begin()
    readings = [*observe(scrapes(world, SCRAPES), START_MS)]
    end_ms = START_MS + round(1000 * SCRAPE_S * SCRAPES)
    fabric = fabric_of(world)
    data = windows(readings, end_ms, WINDOW_MS, fabric.name_of)

    entries = {entry.job: entry for entry in job_traffic(readings, data, fabric)}

    for job in world.jobs:
        nics = [
            nic.index for nic in world.shape.nics if nic.host in job.hosts and not nic.is_storage
        ]
        counted = world.counters["tx_bytes"][nics].sum() / (SCRAPES * SCRAPE_S)
        assert entries[job.name].sent_bytes_s == pytest.approx(counted, rel=0.1)
