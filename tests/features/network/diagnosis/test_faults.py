"""Each fault is told from readings that are written down here, not simulated; and what looks like a
fault, and is none, gives no finding.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from clickup_mlops.features.metrics.scrape import Reading, labels
from clickup_mlops.features.network.balance.predict import choices
from clickup_mlops.features.network.diagnosis.diagnose import WINDOW_MS, diagnose, faults
from clickup_mlops.features.network.diagnosis.fabric import (
    Fabric,
    Job,
    Port,
    UplinkGroup,
    of_topology,
)
from clickup_mlops.features.network.diagnosis.faults.bad_optic import limit
from clickup_mlops.features.network.diagnosis.model import Diagnosis
from clickup_mlops.features.network.diagnosis.text import block
from clickup_mlops.features.network.diagnosis.view import View
from clickup_mlops.features.network.diagnosis.windows import windows
from clickup_mlops.features.network.topology.model import SwitchPort, Topology

HOSTS = tuple(f"gpu-{number}" for number in range(1, 9))
RAILS, UPLINKS, POINTS, END_MS = 2, 8, 20, 1_800_000_000_000
LINE = 50e9
JOBS = (
    Job("llm", frozenset(HOSTS[:4]), "training", "research"),
    Job("ranker", frozenset(HOSTS[4:]), "training", "products"),
)
Values = dict[tuple[str, str], float | list[float]]
"""By measure and place; a list is one value for each of the last points."""


def fabric(jobs: tuple[Job, ...] = JOBS, crossed: str = "") -> Fabric:
    """Two rails, a leaf for each."""

    def leaf(host: str, rail: int) -> str:
        return f"leaf{(1 - rail if host == crossed else rail) + 1}"

    ports = [
        Port(host, f"mlx5_{rail}", str(rail), "back_end", leaf(host, rail), f"Ethernet{number}")
        for number, host in enumerate(HOSTS)
        for rail in range(RAILS)
    ]
    storage = Port("nfs-1", "mlx5_0", "", "storage", "leaf1", "Ethernet100")
    groups = tuple(
        UplinkGroup(f"leaf{n}", "uplinks", tuple(f"leaf{n}/up{u}" for u in range(UPLINKS)))
        for n in (1, 2)
    )
    return Fabric((*ports, storage), groups, jobs)


def healthy() -> Values:
    """60% on each port, 50% on each uplink, some errors that are corrected, a lost packet."""
    values: Values = {}
    for host in (*HOSTS, "nfs-1"):
        for rail in range(RAILS):
            busy = 0.0 if host == "nfs-1" else 60.0
            port = {
                "line_rate_bytes_s": LINE,
                "sent_utilisation_pct": busy,
                "received_utilisation_pct": busy,
                "ecn_marked_pct": 0.02,
                "cnp_handled_per_s": 20.0,
                "pause_received_pct": 0.0,
                "pause_sent_pct": 0.0,
                "retransmission_ppm": 0.01,
                "out_of_sequence_ppm": 0.01,
                "pcie_stalled_pct": 0.0,
                "pre_fec_bit_error_rate": 5e-5,
                "post_fec_symbol_error_rate": 0.0,
                "links_down": 0.0,
                "kernel_utilisation_pct": 0.01,
                "lossless_sent_pct": 99.0,
                "port_is_up": 1.0,
            }
            values |= {(name, f"{host}/mlx5_{rail}"): value for name, value in port.items()}
        for gpu in range(2):
            values["tensor_active_pct", f"{host}/gpu{gpu}"] = 40.0
            values["gpu_utilisation_pct", f"{host}/gpu{gpu}"] = 98.0
    for leaf in (1, 2):
        for uplink in range(UPLINKS):
            values["switch_sent_utilisation_pct", f"leaf{leaf}/up{uplink}"] = 50.0
            values["switch_received_utilisation_pct", f"leaf{leaf}/up{uplink}"] = 50.0
    return values


def readings(values: Values) -> Iterator[Reading]:
    """Every 30 s."""
    for (measure, place), value in values.items():
        host, _, part = place.partition("/")
        if host.startswith("leaf"):
            key = {"switch": host, "interface": part}
        elif ":" in part:
            gpu, _, collective = part.partition(":")
            key = {"job": "4711", "rank": f"{host}/{gpu.upper()}", "collective": collective}
        elif part.startswith("gpu"):
            key = {"hostname": host, "gpu": part.removeprefix("gpu")}
        else:
            key = {"host": host, "device": part, "port": "1"}
        series = value if isinstance(value, list) else [value] * POINTS
        for number, number_value in enumerate(reversed(series)):
            at_ms = END_MS - 30_000 * number
            yield Reading(measure, "", number_value, at_ms, frozenset(key.items()))


def diagnosis(changes: Values, place: Fabric | None = None) -> Diagnosis:
    data = windows(readings(healthy() | changes), END_MS, WINDOW_MS, str)
    return diagnose(data, place or fabric())


def keys(changes: Values, place: Fabric | None = None) -> list[str]:
    return [finding.key for finding in diagnosis(changes, place).findings]


def ports(measure: str, value: float, hosts: tuple[str, ...] = HOSTS) -> Values:
    return {(measure, f"{host}/mlx5_{rail}"): value for host in hosts for rail in range(RAILS)}


def uplinks(*loads: float, leaves: tuple[int, ...] = (1, 2)) -> Values:
    return {
        ("switch_sent_utilisation_pct", f"leaf{leaf}/up{number}"): load
        for leaf in leaves
        for number, load in enumerate(loads)
    }


PORT = "gpu-3/mlx5_1"
HOT = uplinks(98, 98, 97, 5, 6, 4, 12, 3, leaves=(1,))
FAULTY: dict[str, Values] = {
    f"counter_artefact {PORT}": {("sent_utilisation_pct", PORT): [60.0] * 10 + [900.0, 60.0]},
    f"link_flap {PORT}": {("links_down", PORT): [0.0] * 15 + [1, 0, 1, 0, 1]},
    f"bad_optic {PORT}": {
        ("post_fec_symbol_error_rate", PORT): 1e-11,
        ("out_of_sequence_ppm", PORT): 40.0,
        **ports("retransmission_ppm", 12.0, HOSTS[:4]),
    },
    f"half_speed {PORT}": {
        ("line_rate_bytes_s", PORT): LINE / 2,
        ("received_utilisation_pct", PORT): 97.0,
        ("ecn_marked_pct", PORT): 2.0,
    },
    "member_down leaf1/up3": {
        ("switch_sent_utilisation_pct", "leaf1/up3"): 0.0,
        ("switch_received_utilisation_pct", "leaf1/up3"): 0.0,
    },
    f"missing_rail {PORT}": {
        ("sent_utilisation_pct", PORT): 0.0,
        ("received_utilisation_pct", PORT): 0.0,
    },
    f"pcie_limit {PORT}": {
        ("pcie_stalled_pct", PORT): 60.0,
        ("pause_sent_pct", PORT): 30.0,
        **ports("pause_received_pct", 12.0, HOSTS[4:]),
    },
    f"slow_receiver {PORT}": {
        ("pause_sent_pct", PORT): 30.0,
        **ports("pause_received_pct", 12.0, HOSTS[4:]),
        **ports("ecn_marked_pct", 2.0),
    },
    "wrong_class gpu-3": {
        **ports("lossless_sent_pct", 0.0, ("gpu-3",)),
        **ports("retransmission_ppm", 200.0, ("gpu-3",)),
    },
    "ecn_thresholds fabric": {
        **ports("pause_received_pct", 8.0),
        **ports("ecn_marked_pct", 0.0),
    },
    f"front_end_traffic {PORT}": {("kernel_utilisation_pct", PORT): 8.0},
    "topology_gap leaf1": {("switch_sent_utilisation_pct", "leaf1/up8"): 48.0},
    "hash_polarisation fabric": uplinks(95, 0.1, 96, 0.1, 94, 0.1, 97, 0.1),
    "few_flows leaf1": HOT | ports("ecn_marked_pct", 1.0),
    f"incast {PORT}": {
        ("received_utilisation_pct", PORT): 97.0,
        ("sent_utilisation_pct", PORT): 5.0,
        ("ecn_marked_pct", PORT): 4.0,
        **ports("cnp_handled_per_s", 5000.0, HOSTS[:2]),
    },
    "incast nfs-1/mlx5_0": {
        ("received_utilisation_pct", "nfs-1/mlx5_0"): 97.0,
        ("ecn_marked_pct", "nfs-1/mlx5_0"): 4.0,
    },
    "straggler gpu-3/gpu0": {
        **{("tensor_active_pct", f"{host}/gpu{n}"): 27.0 for host in HOSTS[:4] for n in (0, 1)},
        ("tensor_active_pct", "gpu-3/gpu0"): 41.0,
    },
    "noisy_tenant ranker": {
        **uplinks(*[95.0] * UPLINKS),
        **ports("sent_utilisation_pct", 15.0, HOSTS[:4]),
        **ports("ecn_marked_pct", 1.0),
    },
}


@pytest.mark.parametrize("key", FAULTY)
def test_a_fault_is_one_finding_at_its_place(key: str) -> None:
    """With what else it causes attached."""
    assert keys(FAULTY[key]) == [key]


def test_crossed_rails_are_told_from_their_neighbours() -> None:
    assert keys({}, fabric(crossed="gpu-3")) == ["crossed_rail gpu-3"]


def test_every_fault_is_told_by_an_example() -> None:
    assert {key.partition(" ")[0] for key in FAULTY} | {"crossed_rail"} == set(faults())


HEALTHY: dict[str, Values] = {
    "nothing": {},
    "half of the rails are used": {
        (name, f"{host}/mlx5_1"): 0.0
        for host in HOSTS
        for name in ("sent_utilisation_pct", "received_utilisation_pct")
    },
    "errors that are corrected": ports("pre_fec_bit_error_rate", 2e-4),
    "two corrected bits in 30 s at 40G": {
        **ports("line_rate_bytes_s", 5e9),
        **ports("pre_fec_bit_error_rate", 2 / (40e9 * 30)),
    },
    "single lost packets": ports("out_of_sequence_ppm", 0.5) | ports("retransmission_ppm", 0.5),
    "one reboot": {("links_down", PORT): [0.0] * 19 + [1.0]},
    "a burst of a checkpoint": {
        ("received_utilisation_pct", "nfs-1/mlx5_0"): [0.0] * 18 + [97.0, 97.0],
        ("ecn_marked_pct", "nfs-1/mlx5_0"): [0.0] * 18 + [4.0, 4.0],
    },
    "a full storage port without marks": {
        ("received_utilisation_pct", "nfs-1/mlx5_0"): 95.0,
    },
    "uneven uplinks with room": uplinks(60, 20, 30, 10, 50, 20, 40, 10),
    "a pause for a moment": {("pause_sent_pct", PORT): [0.0] * 17 + [30.0, 30.0, 0.0]},
    "a link out of the fabric that carries little": {
        ("switch_sent_utilisation_pct", "leaf1/Ethernet900"): 9.0,
        ("switch_sent_utilisation_pct", "spine1/Ethernet0"): 50.0,
    },
    "front-end ports at 25G": {
        ("line_rate_bytes_s", f"{host}/mlx5_9"): LINE / 16 for host in HOSTS[:1]
    },
    "an idle port that is paused": {
        ("pause_sent_pct", "nfs-1/mlx5_0"): 50.0,
    },
    "a fabric that sleeps": {
        **ports("sent_utilisation_pct", 0.1),
        **ports("received_utilisation_pct", 0.1),
        **uplinks(*[0.1] * (UPLINKS - 1), 0.0),
    },
}


@pytest.mark.parametrize("case", HEALTHY)
def test_what_is_no_fault_gives_no_finding(case: str) -> None:
    assert keys(HEALTHY[case]) == []


def test_uplinks_that_no_switch_has_are_one_finding_and_others_go_on() -> None:
    """Of a switch that is not read at all nothing is said."""
    group = UplinkGroup("leaf1", "uplinks", tuple(f"leaf1/up{u}" for u in range(-2, UPLINKS)))
    silent = UplinkGroup("leaf3", "uplinks", ("leaf3/up0", "leaf3/up1"))
    place = replace(fabric(), groups=(group, fabric().groups[1], silent))
    (finding,) = diagnosis({}, place).findings

    assert finding.key == "topology_gap leaf1"
    assert "no such interface: leaf1/up-2, leaf1/up-1." in block(finding)
    second_fault = FAULTY[f"slow_receiver {PORT}"]
    assert keys(second_fault, place) == [f"slow_receiver {PORT}", "topology_gap leaf1"]


def test_an_interface_is_known_by_its_neighbour_its_alias_or_not_at_all() -> None:
    """Where the interfaces to hosts are not known, each of them could be an uplink."""
    extra: Values = {("switch_sent_utilisation_pct", "leaf1/up8"): 48.0}
    assert keys(extra, replace(fabric(), neighbours=frozenset(["leaf1/up8"]))) == []
    unknown = tuple(replace(port, interface="") for port in fabric().ports)
    assert keys(extra, replace(fabric(), ports=unknown)) == []

    port = SwitchPort("leaf1", "Ethernet0", alias="etp1")
    described = of_topology(Topology(switch_ports=(port,)))
    alias = Reading("switch_port_is_up", "", 1.0, END_MS, labels(switch="leaf1", interface="etp1"))
    assert windows([alias], END_MS, WINDOW_MS, described.name_of).places("switch_port_is_up") == [
        "leaf1/Ethernet0"
    ]


def test_an_uplink_that_is_down_is_no_uneven_load() -> None:
    """Neither the peak, nor full uplinks, nor idle ones count it."""
    is_down: Values = {("switch_port_is_up", "leaf1/up7"): 0.0}
    view = View(windows(readings(healthy() | HOT | is_down), END_MS, WINDOW_MS, str), fabric())
    (few,) = faults()["few_flows"].find(view)
    assert few.numbers["uplink_peak"] == pytest.approx(98 / ((323 - 3) / 7))

    down = {("switch_port_is_up", f"leaf{leaf}/up{n}"): 0.0 for leaf in (1, 2) for n in (0, 2)}
    full = uplinks(0, 95, 0, 95, 95, 95, 95, 95) | ports("sent_utilisation_pct", 15.0, HOSTS[:4])
    view = View(windows(readings(healthy() | full | down), END_MS, WINDOW_MS, str), fabric())
    assert [*faults()["hash_polarisation"].find(view)] == []
    assert [suspicion.place for suspicion in faults()["noisy_tenant"].find(view)] == ["ranker"]


def test_two_faults_are_two_findings_and_the_costlier_is_first() -> None:
    both = FAULTY[f"bad_optic {PORT}"] | FAULTY["slow_receiver gpu-3/mlx5_1"]
    both = {
        (name, place.replace("gpu-3", "gpu-6") if name == "pause_sent_pct" else place): value
        for (name, place), value in both.items()
    }
    findings = diagnosis(both).findings

    assert {finding.key for finding in findings} == {
        f"bad_optic {PORT}",
        "slow_receiver gpu-6/mlx5_1",
    }
    assert findings[0].lost.mean > findings[1].lost.mean >= 0


FIRST, SECOND = "gpu-3/mlx5_0", "gpu-3/mlx5_1"


@pytest.mark.parametrize(
    ("fault", "measure", "values"),
    [
        ("half_speed", "line_rate_bytes_s", (LINE / 2, LINE / 4)),
        ("pcie_limit", "pcie_stalled_pct", (20.0, 60.0)),
        ("slow_receiver", "pause_sent_pct", (5.0, 30.0)),
        ("front_end_traffic", "kernel_utilisation_pct", (4.0, 40.0)),
        ("wrong_class", "retransmission_ppm", (50.0, 900.0)),
    ],
)
def test_a_finding_about_a_host_has_the_numbers_of_its_worst_port(
    fault: str, measure: str, values: tuple[float, float]
) -> None:
    changes = dict(zip(((measure, FIRST), (measure, SECOND)), values, strict=True))
    if fault == "wrong_class":
        changes |= {("lossless_sent_pct", port): 0.0 for port in (FIRST, SECOND)}
    (finding,) = diagnosis({**changes}).findings

    assert (finding.fault, finding.place) == (fault, "gpu-3")
    assert finding.numbers[measure] == values[1]


def test_a_finding_about_all_storage_names_its_hosts_and_none_that_does_not_exist() -> None:
    hosts = ("nfs-1", "nfs-2")
    more = Port("nfs-2", "mlx5_0", "", "storage", "leaf2", "Ethernet100")
    port = {
        "received_utilisation_pct": 97.0,
        "sent_utilisation_pct": 1.0,
        "ecn_marked_pct": 4.0,
        "line_rate_bytes_s": LINE,
    }
    place = replace(fabric(), ports=(*fabric().ports, more))
    changes = {(name, f"{host}/mlx5_0"): port[name] for host in hosts for name in port}
    (finding,) = diagnosis({**changes}, place).findings

    assert finding.key == "incast storage"
    assert "nfs-1, nfs-2" in block(finding)
    assert "ssh <host> rdma resource show qp link <port>" in block(finding)


def test_a_command_about_a_second_port_names_its_device() -> None:
    (finding,) = diagnosis(FAULTY[f"slow_receiver {PORT}"]).findings
    text = block(replace(finding, place="gpu-3/mlx5_1:2"))

    assert "Slow receiver has the network pause: gpu-3/mlx5_1:2" in text
    assert "$(ls /sys/class/infiniband/mlx5_1/device/net)" in text


def test_variables_of_nccl_are_advised_with_the_same_value_everywhere() -> None:
    """What one page sets another one must not set back."""
    steps = (step for fault in faults().values() for step in fault.remedy.steps)
    settings = (text for choice in choices().values() for text in choice.settings.values())
    advised = [f"{step.text} {step.command}" for step in steps] + [*settings]
    pairs = set(re.findall(r"(NCCL_[A-Z_]+)=(\w+)", " ".join(advised)))

    assert "NCCL_IB_SPLIT_DATA_ON_QPS" in dict(pairs)
    assert len(pairs) == len(dict(pairs))


@pytest.mark.parametrize(
    ("late", "usual_ms", "place"),
    [
        ({"gpu-3/gpu0": 6.0}, 10.0, "gpu-3/gpu0"),
        ({"gpu-3/gpu0": 6.0, "gpu-3/gpu1": 5.0}, 10.0, "gpu-3"),
        ({"gpu-3/gpu0": 9.0}, 10.0, ""),
        ({"gpu-3/gpu0": 0.06}, 0.1, ""),
        ({"gpu-3/gpu0": 6.0, "gpu-4/gpu0": 6.0}, 10.0, ""),
    ],
)
def test_a_straggler_is_told_without_profiling_by_who_waits_least_in_collectives(
    late: dict[str, float], usual_ms: float, place: str
) -> None:
    """Of each collective by itself; short ones, and many at once, say nothing."""
    ranks = {f"{host}/gpu{n}:AllReduce": usual_ms for host in HOSTS[:4] for n in (0, 1)}
    ranks |= {f"{gpu}:AllReduce": ms for gpu, ms in late.items()}
    ranks |= {f"gpu-1/gpu{n}:AllGather": 1.0 for n in (0, 1)}
    values = {key: value for key, value in healthy().items() if key[0] != "tensor_active_pct"}
    values |= {("rank_collective_mean_ms", rank): ms for rank, ms in ranks.items()}
    result = diagnose(windows(readings(values), END_MS, WINDOW_MS, str), fabric())

    assert [finding.place for finding in result.findings] == [place] * bool(place)
    assert "straggler" not in {unknown.fault for unknown in result.unknown}


def test_a_straggler_is_unknown_only_where_no_measure_could_show_it() -> None:
    gpus = ("tensor_active_pct", "gpu_utilisation_pct")
    values = {key: value for key, value in healthy().items() if key[0] not in gpus}
    result = diagnose(windows(readings(values), END_MS, WINDOW_MS, str), fabric())
    (unknown,) = (entry for entry in result.unknown if entry.fault == "straggler")

    assert unknown.missing == (
        "tensor_active_pct or gpu_utilisation_pct or rank_collective_mean_ms",
    )


@pytest.mark.parametrize(("days", "keys"), [(3, [f"missing_rail {PORT}"]), (2, []), (0, [])])
def test_a_rail_that_is_idle_in_a_job_of_two_hosts_was_used_at_this_hour_before(
    days: int, keys: list[str]
) -> None:
    """Without a past one other host does not say what both should use."""
    pair = replace(fabric(), jobs=(Job("llm", frozenset(HOSTS[2:4]), "training"),))
    data = windows(
        readings(healthy() | FAULTY[f"missing_rail {PORT}"]),
        END_MS,
        WINDOW_MS,
        str,
        lambda measure: {PORT: [60.0] * days} if measure == "sent_utilisation_pct" else {},
    )
    assert [finding.key for finding in diagnose(data, pair).findings] == keys


def test_victims_are_attached_to_their_cause() -> None:
    """Ports that are paused, and those that receive marks."""
    (finding,) = diagnosis(FAULTY[f"slow_receiver {PORT}"]).findings

    assert len(finding.effects["pauses"]) == 2 * len(HOSTS[4:])
    assert len(finding.effects["marks"]) == 2 * len(HOSTS)
    assert finding.lost.low <= finding.lost.mean <= finding.lost.high


def test_what_cannot_be_told_says_which_measures_would_decide() -> None:
    """Without the switches nothing is said of uplinks, and that is said."""
    bare = {key: value for key, value in healthy().items() if not key[1].startswith("leaf")}
    data = windows(readings(bare), END_MS, WINDOW_MS, str)
    result = diagnose(data, fabric())

    assert result.findings == ()
    assert {"few_flows", "hash_polarisation"} <= {unknown.fault for unknown in result.unknown}
    assert ("switch_sent_utilisation_pct",) in {unknown.missing for unknown in result.unknown}


def test_pauses_of_devices_that_no_port_is_known_by_decide_nothing() -> None:
    """Of network devices, where the topology does not say which RDMA ports they are."""
    values = healthy()
    pauses = {key: value for key, value in values.items() if key[0] == "pause_sent_pct"}
    for measure, place in pauses:
        values[measure, place.replace("mlx5_", "ens")] = values.pop((measure, place))
    result = diagnose(windows(readings(values), END_MS, WINDOW_MS, str), fabric())

    assert {unknown.fault for unknown in result.unknown} == {"slow_receiver"}


def test_without_a_topology_what_ports_show_alone_is_still_told() -> None:
    """Ports are known by their readings."""
    assert keys(FAULTY[f"slow_receiver {PORT}"], Fabric()) == [f"slow_receiver {PORT}"]


@pytest.mark.parametrize(
    ("gbps", "lane_gbps", "rate", "is_normal"),
    [
        (400, None, 2e-4, True),
        (400, None, 3e-4, False),
        (100, None, 2e-4, False),
        (100, 25, 2e-4, False),
        (100, 100, 2e-4, True),
        (50, None, 2e-5, True),
        (50, 50, 2e-4, True),
        (56, None, 2e-5, False),
        (40, None, 2e-5, False),
        (40, None, 2e-9, True),
        (25, None, 2e-5, True),
        (10, None, 2e-9, True),
        (10, None, 2e-7, False),
    ],
)
def test_the_limit_of_errors_is_that_of_the_speed_of_a_lane(
    gbps: float, lane_gbps: float | None, rate: float, is_normal: bool
) -> None:
    """100 Gbit/s are four lanes, unless the port says one; 56 (FDR) are four of 14."""
    assert (rate <= limit(gbps, lane_gbps)) is is_normal


def test_errors_that_are_normal_for_the_lanes_of_a_port_are_no_finding() -> None:
    """A port of 100 Gbit/s in one lane, beside another in four."""
    slow = ports("line_rate_bytes_s", 12.5e9) | ports("pre_fec_bit_error_rate", 1e-4)
    assert f"bad_optic {PORT}" in keys(slow)
    assert keys(slow | ports("lane_rate_bytes_s", 12.5e9)) == []


def test_each_fault_says_what_to_do_how_to_undo_it_and_what_would_disprove_it() -> None:
    fields: list[Callable[..., object]] = [
        lambda remedy: remedy.undo,
        lambda remedy: remedy.disproof,
        lambda remedy: any(step.command for step in remedy.steps) or len(remedy.steps) > 1,
    ]
    assert all(field(fault.remedy) for fault in faults().values() for field in fields)
