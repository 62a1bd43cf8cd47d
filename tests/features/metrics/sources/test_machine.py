"""Sources on the machine itself: sysfs, ethtool, files and commands, all real."""

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from clickup_mlops.features.metrics.derive.formulas import read
from clickup_mlops.features.metrics.read.reader import WorldReader
from clickup_mlops.features.metrics.scrape import Sample, Scrape, Window, labels, scrape
from clickup_mlops.features.metrics.source import SourceError
from clickup_mlops.features.metrics.sources import command, file, nvidia_smi, wandb
from clickup_mlops.features.network.derive.rdma_names import node_exporter, rdma_exporter
from clickup_mlops.features.network.derive.roce import MEASURES
from clickup_mlops.features.network.metric_sources import ethtool, rdma_sysfs
from tests.features.metrics.sources.test_cases import CASES

READER = WorldReader()
PORT = {"device": "mlx5_0", "port": "1"}


def _port(root: Path, **counters: object) -> Path:
    port = root / "class/infiniband/mlx5_0/ports/1"
    for folder in ("counters", "hw_counters"):
        (port / folder).mkdir(parents=True, exist_ok=True)
    (port / "rate").write_text("400 Gb/sec (4X NDR)\n")
    (port / "state").write_text("4: ACTIVE\n")
    for name, value in counters.items():
        folder = "counters" if name.startswith(("port_", "link_")) else "hw_counters"
        (port / folder / name).write_text(f"{value}\n")
    return root


def _scraped(root: Path, at_ms: int) -> Scrape:
    return rdma_sysfs.collect(rdma_sysfs.Settings(kind="rdma_sysfs", root=str(root)), READER, at_ms)


def test_a_port_is_read_as_the_kernel_shows_it(tmp_path: Path) -> None:
    """Words become bytes; what cannot be read, or is saturated, is unknown."""
    root = _port(
        tmp_path, port_xmit_data=10, port_xmit_wait=4_294_967_295, link_downed="N/A (no PMA)"
    )
    (tmp_path / "class/infiniband/mlx5_0/ports/1/hw_counters/broken").mkdir()

    result = {sample.name: sample.value for sample in _scraped(root, 0).samples}

    assert result == {"rate_bytes_s": 5e10, "lane_bytes_s": 1.25e10, "state": 4, "tx_bytes": 40}


def test_health_of_a_port_follows_from_two_scrapes(tmp_path: Path) -> None:
    """320 of 400 Gb/s, 0.5 % marked, and a 32-bit counter that wrapped."""
    root = _port(
        tmp_path,
        port_xmit_data=0,
        port_rcv_packets=0,
        np_ecn_marked_roce_packets=0,
        out_of_sequence=4_294_967_290,
    )
    before = _scraped(root, 0)
    _port(
        tmp_path,
        port_xmit_data=int(1.2e12 / 4),
        port_rcv_packets=300_000_000,
        np_ecn_marked_roce_packets=1_500_000,
        out_of_sequence=5,
    )
    result = {
        reading.measure: reading.value
        for reading in read(MEASURES, Window(_scraped(root, 30_000), before))
    }

    assert result["link_utilisation_pct"] == pytest.approx(80)
    assert result["ecn_marked_pct"] == pytest.approx(0.5)
    assert result["out_of_sequence_ppm"] == pytest.approx(11 / 300)
    assert "retransmission_ppm" not in result


def test_a_port_of_broadcom_has_its_loss_per_packet(tmp_path: Path) -> None:
    """Names of the driver bnxt_re: packets are beside its errors, not among the port's counters."""
    root = _port(tmp_path, rx_pkts=0, tx_pkts=0, oos_drop_count=0, to_retransmits=0)
    before = _scraped(root, 0)
    _port(tmp_path, rx_pkts=2_000_000, tx_pkts=1_000_000, oos_drop_count=6, to_retransmits=5)
    window = Window(_scraped(root, 30_000), before)
    result = {reading.measure: reading.value for reading in read(MEASURES, window)}

    assert result["out_of_sequence_ppm"] == pytest.approx(3)
    assert result["ack_timeouts_ppm"] == pytest.approx(5)


def test_a_port_without_a_rate_has_none(tmp_path: Path) -> None:
    """One that is down says `0 Gb/sec`: it is not a line that carries nothing."""
    root = _port(tmp_path)
    (root / "class/infiniband/mlx5_0/ports/1/rate").write_text("0 Gb/sec (1X SDR)\n")
    assert [sample.name for sample in _scraped(root, 0).samples] == ["state"]


OTHER_DRIVERS = {
    "irdma": (
        {"ip4InPkts": 600_000, "ip6InPkts": 400_000, "ip4OutOctets": 2.4e9, "ip6OutOctets": 0.6e9}
        | {
            "ip4InOctets": 3e10,
            "RxECNMrkd": 20_000,
            "cnpSent": 300,
            "cnpHandled": 600,
            "cnpIgnored": 30,
        },
        {"sent_bytes_s": 1e8, "ecn_marked_pct": 2, "received_utilisation_pct": 2}
        | {"sent_utilisation_pct": 0.2, "link_utilisation_pct": 2}
        | {"cnp_sent_per_s": 10, "cnp_handled_per_s": 20, "cnp_ignored_per_s": 1},
    ),
    "efa": (
        {"tx_bytes": 6e9, "tx_pkts": 1_000_000, "rx_pkts": 2_000_000, "rx_drops": 6}
        | {"retrans_pkts": 40, "retrans_timeout_events": 5},
        {"sent_bytes_s": 2e8, "receive_loss_ppm": 3, "retransmission_ppm": 40}
        | {"ack_timeouts_ppm": 5},
    ),
    "mana": (
        {"tx_packets": 1_000_000, "rx_packets": 2_000_000, "received_cnps": 60}
        | {"requester_timeout": 7, "requester_oos_nak": 5, "requester_implicit_nak": 1}
        | {"requester_rnr_nak": 300, "responder_oos": 4},
        {"ack_timeouts_ppm": 7, "sequence_errors_ppm": 5, "retransmission_ppm": 13}
        | {"out_of_sequence_ppm": 2, "receiver_not_ready_per_s": 10, "cnp_handled_per_s": 2},
    ),
    "ionic": (
        {"tx_rdma_ucast_bytes": 3e9, "tx_rdma_ucast_pkts": 1_000_000}
        | {"rx_rdma_ucast_bytes": 6e9, "rx_rdma_ucast_pkts": 2_000_000}
        | {"tx_rdma_cnp_pkts": 300, "rx_rdma_cnp_pkts": 60, "rx_rdma_ecn_pkts": 20_000}
        | {"req_rx_pkt_seq_err": 5, "req_rx_rnr_retry_err": 90, "req_rx_impl_nak_seq_err": 1}
        | {"resp_rx_outof_buf": 8, "resp_rx_outouf_seq": 4},
        {"sent_bytes_s": 1e8, "received_bytes_s": 2e8, "ecn_marked_pct": 1}
        | {"cnp_sent_per_s": 10, "cnp_handled_per_s": 2, "retransmission_ppm": 6}
        | {"receiver_not_ready_per_s": 3, "receive_loss_ppm": 4, "out_of_sequence_ppm": 2},
    ),
    "mlx5": (
        {"port_xmit_packets": 1_000_000, "port_xmit_discards": 4, "link_downed": 2},
        {"send_loss_ppm": 4, "links_down": 2, "port_is_up": 1}
        | {"line_rate_bytes_s": 5e10, "lane_rate_bytes_s": 1.25e10},
    ),
}
"""What the counters of a port grow by in 30 seconds, and what follows."""


@pytest.mark.parametrize("driver", OTHER_DRIVERS)
def test_each_driver_of_rdma_has_names_of_its_own(tmp_path: Path, driver: str) -> None:
    """Intel counts IPv4 and IPv6 apart, Amazon says what was sent again."""
    counters, expected = OTHER_DRIVERS[driver]
    before = _scraped(_port(tmp_path, **dict.fromkeys(counters, 0)), 0)
    _port(tmp_path, **{name: int(value) for name, value in counters.items()})
    window = Window(_scraped(tmp_path, 30_000), before)
    result = {reading.measure: reading.value for reading in read(MEASURES, window)}

    assert {name: result[name] for name in expected} == pytest.approx(expected)


def test_an_exporter_writes_the_names_of_a_driver_in_small_letters() -> None:
    """And those that are counted apart belong together there, too."""
    key = labels(device="irdma0", port="1")
    values = {"ip4inpkts": 3, "ip6inpkts": 4, "rxecnmrkd": 2}
    samples = [Sample(f"rdma_{name}_total", key, value) for name, value in values.items()]
    result = {sample.name: sample.value for sample in rdma_exporter(samples)}
    assert result == {"rx_packets": 7, "np_ecn_marked_roce_packets": 2}


def test_no_port_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    """An empty answer would look like an idle network."""
    with pytest.raises(SourceError, match="no RDMA port"):
        _scraped(tmp_path, 0)


ETHTOOL = """NIC statistics:
     rx_prio3_pause: 12
     rx_prio3_pause_duration: 3400
     tx_pfc_ena_frames_pri4: 5
     pfc_pri4_tx_duration_us: 6
     rx_priority_2_xoff.nic: 7
     rx_discards_phy: 8
     rx_queue_0_packets: 99
     [0]: rx_ucast_packets: 1
     ERROR: nonsense
"""


def test_drivers_call_a_pause_by_different_names() -> None:
    """mlx5, bnxt_en and ice; what is not used is left out."""
    result = {
        (
            sample.name,
            dict(sample.labels).get("direction"),
            dict(sample.labels).get("priority"),
        ): sample.value
        for sample in ethtool.parse(ETHTOOL, "ens1")
    }
    assert result == {
        ("pause_frames", "rx", "3"): 12,
        ("pause_us", "rx", "3"): 3400,
        ("pause_frames", "tx", "4"): 5,
        ("pause_us", "tx", "4"): 6,
        ("pause_frames", "rx", "2"): 7,
        ("rx_discards_phy", None, None): 8,
    }


def test_pauses_of_each_driver_are_known_by_node_exporters_names() -> None:
    """It has underscores for points."""
    names = ("received_prio3_pause", "received_pfc_ena_frames_pri4", "received_priority_2_xoff_nic")
    samples = [Sample(f"node_ethtool_{name}", labels(device="ens1"), 1) for name in names]
    assert [dict(sample.labels)["priority"] for sample in node_exporter(samples)] == ["3", "4", "2"]


PORT_COUNTERS = {
    "bnxt_en": (
        {"rx_good_frames": 2e6, "tx_good_frames": 1e6, "rx_fcs_err_frames": 4}
        | {"rx_stat_discard": 6, "tx_stat_discard": 5, "link_down_events": 1}
        | {"rx_bits": 1e10, "rx_corrected_bits": 100, "rx_pcs_symbol_err": 10}
        | {"rx_total_discard_pkts": 999, "rx_pause_frames": 90},
        {"crc_errors_ppm": 2, "receive_loss_ppm": 3, "send_loss_ppm": 5, "links_down": 1}
        | {"pre_fec_bit_error_rate": 1e-8, "post_fec_symbol_error_rate": 1e-9}
        | {"pause_frames_received_per_s": 3},
    ),
    "ice": (
        {"rx_bytes": 7, "rx_bytes.nic": 6e9, "tx_bytes.nic": 3e9, "rx_unicast.nic": 2e6}
        | {"tx_unicast.nic": 1e6, "rx_crc_errors.nic": 4, "rx_dropped.nic": 6}
        | {"tx_dropped_link_down.nic": 5, "link_xoff_tx.nic": 90},
        {
            "pause_frames_sent_per_s": 3,
            "received_bytes_s": 2e8,
            "sent_bytes_s": 1e8,
            "crc_errors_ppm": 2,
        }
        | {"receive_loss_ppm": 3, "send_loss_ppm": 5},
    ),
    "i40e": (
        {"rx_bytes": 7, "port.rx_bytes": 6e9, "port.rx_unicast": 2e6, "port.rx_crc_errors": 4}
        | {"port.rx_priority_3_xoff": 60, "port.link_xoff_rx": 30},
        {"received_bytes_s": 2e8, "crc_errors_ppm": 2, "pause_frames_received_per_s": 3},
    ),
    "mlx5": (
        {"rx_global_pause": 60, "rx_global_pause_duration": 3e6}
        | {"tx_global_pause": 90, "tx_global_pause_duration": 6e6}
        | {"tx_pause_storm_error_events": 2, "outbound_pci_stalled_wr_events": 6},
        {"pause_frames_received_per_s": 2, "pause_received_pct": 10}
        | {"pause_frames_sent_per_s": 3, "pause_sent_pct": 20}
        | {"pause_storms": 2, "pcie_stalled_pct": 20},
    ),
    "ionic": (
        {"rx_bytes": 7, "octets_rx_ok": 6e9, "octets_tx_ok": 3e9, "frames_rx_ok": 2e6}
        | {"frames_tx_ok": 1e6, "frames_rx_bad_fcs": 4, "frames_rx_dropped": 6}
        | {"rx_pripause_3_1us_count": 3e6, "frames_rx_pripause": 60},
        {"received_bytes_s": 2e8, "sent_bytes_s": 1e8, "crc_errors_ppm": 2}
        | {"receive_loss_ppm": 3, "pause_received_pct": 10, "pause_frames_received_per_s": 2},
    ),
}
"""Of `ethtool -S`: what the counters grow by in 30 seconds, and what follows."""


def _grown(before: list[Sample], now: list[Sample]) -> dict[str, float]:
    window = Window(scrape(30_000, now), scrape(0, before))
    return {reading.measure: reading.value for reading in read(MEASURES, window)}


@pytest.mark.parametrize("driver", PORT_COUNTERS)
def test_each_driver_of_ethernet_has_names_of_its_own(driver: str) -> None:
    """Of the port: what a driver counts of its own network device has no RDMA in it."""
    counters, expected = PORT_COUNTERS[driver]
    texts = (
        "".join(f"     {name}: {round(share * value)}\n" for name, value in counters.items())
        for share in (0, 1)
    )
    result = _grown(*([*ethtool.parse(text, "ens1")] for text in texts))
    assert {name: result[name] for name in expected} == pytest.approx(expected)


@pytest.mark.parametrize(
    ("kind", "drivers"), [("rdma_sysfs", OTHER_DRIVERS), ("ethtool", PORT_COUNTERS)]
)
def test_what_no_driver_counts_is_no_measure_of_the_kind(
    kind: str, drivers: Mapping[str, tuple[object, Mapping[str, float]]]
) -> None:
    """The reference leaves it out. A balance needs several ports."""
    absent = tomllib.loads((CASES / kind / "want.toml").read_text(encoding="utf-8"))["absent"]
    measures = {measure.name for measure in MEASURES} - set(absent)
    of_port = {name for name in measures if not name.startswith("rail_")}
    assert of_port == {name for _counters, expected in drivers.values() for name in expected}


@pytest.mark.parametrize("driver", PORT_COUNTERS)
def test_node_exporter_spells_names_of_drivers_out(driver: str) -> None:
    """`rx` and `tx` between underscores, and underscores for points."""
    counters, expected = PORT_COUNTERS[driver]
    names = {name: f"_{name.replace('.', '_')}_" for name in counters}
    spelled = {
        name: text.replace("_rx_", "_received_").replace("_tx_", "_transmitted_").strip("_")
        for name, text in names.items()
    }
    pages = (
        [
            Sample(f"node_ethtool_{spelled[name]}", labels(device="ens1"), share * value)
            for name, value in counters.items()
        ]
        for share in (0, 1)
    )
    result = _grown(*([*node_exporter(samples)] for samples in pages))
    assert {name: result[name] for name in expected} == pytest.approx(expected)


def test_a_device_that_fails_loses_no_other(tmp_path: Path) -> None:
    """The program is run without a shell."""
    program = tmp_path / "ethtool"
    program.write_text('#!/bin/sh\n[ "$2" = ens1 ] && echo " rx_discards_phy: 8" || exit 75\n')
    program.chmod(0o755)
    settings = ethtool.Settings(kind="ethtool", devices=("gone", "ens1"), command=str(program))

    result = ethtool.collect(settings, READER, 0)

    assert [sample.value for sample in result.samples] == [8]
    assert "gone: " in result.problems[0] and "75" in result.problems[0]


def test_numbers_of_a_file_are_named_by_their_place(tmp_path: Path) -> None:
    """Texts beside them are labels; a list has several."""
    path = tmp_path / "eval.json"
    path.write_text(
        '[{"model": "a", "eval": {"accuracy": 0.9, "ok": true}}, {"model": "b", "f1": "0.8"}]'
    )
    result = file.collect(file.Settings(kind="file", path=str(path)), READER, 0)
    assert result.samples == (
        Sample("eval.accuracy", labels(model="a"), 0.9),
        Sample("f1", labels(model="b"), 0.8),
    )


@pytest.mark.parametrize(
    ("text", "samples"),
    [
        ("model,accuracy\na,0.9\n", (Sample("accuracy", labels(model="a"), 0.9),)),
        ("name,value,host\nf1,0.8,x\n", (Sample("f1", labels(host="x"), 0.8),)),
        ("model,accuracy\na,\n", ()),
    ],
)
def test_a_table_is_read_wide_or_long(
    tmp_path: Path, text: str, samples: tuple[Sample, ...]
) -> None:
    """Each column of numbers, or a row each."""
    path = tmp_path / "eval.CSV"
    path.write_text(text)
    result = file.collect(file.Settings(kind="file", path=str(path)), READER, 0)
    assert result.samples == samples


@pytest.mark.parametrize("text", ["{", "3", '["a"]'])
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, text: str) -> None:
    """With what was found."""
    path = tmp_path / "eval.json"
    path.write_text(text)
    with pytest.raises(SourceError, match="not "):
        file.collect(file.Settings(kind="file", path=str(path)), READER, 0)


def test_a_missing_file_is_named() -> None:
    """In the words of the system."""
    with pytest.raises(SourceError, match=r"/nowhere/x\.json: No such file"):
        file.collect(file.Settings(kind="file", path="/nowhere/x.json"), READER, 0)


SMI = """{lost}<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
<nvidia_smi_log><timestamp>{time}</timestamp><driver_version>{driver}</driver_version>
<gpu id="00000000:07:00.0"><minor_number>2</minor_number>
<mig_mode><current_mig>Disabled</current_mig></mig_mode>
<pci><replay_counter>{replays}</replay_counter></pci>
<clocks_event_reasons_counters><clocks_event_reasons_counters_sw_power_cap>{replays}000000 us
</clocks_event_reasons_counters_sw_power_cap><clocks_event_reasons_counters_hw_therm_slowdown>0 us
</clocks_event_reasons_counters_hw_therm_slowdown></clocks_event_reasons_counters>
<fb_memory_usage><total>81559 MiB</total><reserved>500 MiB</reserved><used>20389.75 MiB</used>
</fb_memory_usage>
<utilization><gpu_util>75 %</gpu_util><memory_util>22 %</memory_util></utilization>
<ecc_errors><volatile>{errors}</volatile><aggregate><dram_uncorrectable>9</dram_uncorrectable>
</aggregate></ecc_errors><temperature><gpu_temp>65 C</gpu_temp><memory_temp>N/A</memory_temp>
</temperature>{power}</gpu>
{second}<gpu id="00000000:0F:00.0"><minor_number>0</minor_number>
<mig_mode><current_mig>Enabled</current_mig></mig_mode><pci><replay_counter>1</replay_counter></pci>
<fb_memory_usage><total>40960 MiB</total><used>249 MiB</used></fb_memory_usage>
<utilization><gpu_util>N/A</gpu_util></utilization><temperature><gpu_temp>41 C</gpu_temp>
</temperature></gpu></nvidia_smi_log>
"""
LOST_GPU = "<gpu id='00000000:0A:00.0'><pci><replay_counter>9</replay_counter></pci></gpu>"
DRIVERS = {
    "450": (
        "<power_readings><power_draw>320.50 W</power_draw></power_readings>",
        "<double_bit><device_memory>{0}</device_memory><total>{0}</total></double_bit>",
    ),
    "535": (
        "<gpu_power_readings><power_draw>320.50 W</power_draw></gpu_power_readings>",
        "<sram_uncorrectable>0</sram_uncorrectable><dram_uncorrectable>{}</dram_uncorrectable>",
    ),
    "580": (
        "<gpu_power_readings><average_power_draw>300.00 W</average_power_draw>"
        "<instant_power_draw>320.50 W</instant_power_draw></gpu_power_readings>"
        "<gpu_memory_power_readings><instant_power_draw>9 W</instant_power_draw>"
        "</gpu_memory_power_readings>",
        "<sram_uncorrectable_parity>{}</sram_uncorrectable_parity>"
        "<sram_uncorrectable_secded>0</sram_uncorrectable_secded>"
        "<dram_uncorrectable>N/A</dram_uncorrectable>",
    ),
}


@pytest.mark.parametrize("driver", DRIVERS)
def test_files_of_nvidia_smi_are_read(tmp_path: Path, driver: str) -> None:
    """Of each host, with names of each driver; what is old, or still to come, is no number. A GPU
    keeps its number when the one before it is lost.
    """
    power, errors = DRIVERS[driver]
    settings = nvidia_smi.Settings(
        kind="nvidia_smi", files=(f"{tmp_path}/*.xml",), zone="Europe/Berlin"
    )

    def scraped(minute: int, count: int) -> Scrape:
        text = SMI.format(
            lost="Unable to determine the device handle for GPU0000:0A:00.0: Unknown Error\n"
            if minute
            else "",
            time=f"Tue Dec  1 12:{minute:02}:00 2026",
            driver=driver,
            second="" if minute else LOST_GPU,
            replays=count,
            errors=errors.format(count),
            power=power,
        )
        now_ms = 1_796_122_800_000 + minute * 60_000  # 2026-12-01, 11:00 UTC
        (tmp_path / "gpu-01.xml").write_text(text)
        (tmp_path / "early.xml").write_text(text.replace(" 12:", " 13:"))
        (tmp_path / "late.xml").write_text(text.replace(" 12:", " 11:"))
        (tmp_path / "other.xml").write_text("command not found")
        return nvidia_smi.collect(settings, READER, now_ms)

    window = Window(scraped(1, 5), scraped(0, 2))
    assert [problem.split(":")[0] for problem in window.now.problems] == [
        f"{tmp_path}/{name}.xml" for name in ("early", "late", "other")
    ]
    result: dict[str, dict[str, float]] = {}
    for reading in read(nvidia_smi.SOURCE.measures, window):
        place = f"{reading.label('hostname')} {reading.label('gpu')}"
        result.setdefault(place, {})[reading.measure] = reading.value
    assert result == {
        "gpu-01 0": {
            "gpu_utilisation_pct": 75,
            "memory_active_pct": 22,
            "gpu_memory_pct": 25,
            "gpu_temperature_c": 65,
            "gpu_power_w": 320.5,
            "memory_errors": 3,
            "pcie_replays": 3,
            "throttled_pct": 5,
        },
        "gpu-01 2": {"gpu_temperature_c": 41, "pcie_replays": 0},
    }


@pytest.mark.parametrize("printed", ['{"queue": 3}', "queue 3"])
def test_a_command_prints_json_or_a_page(printed: str) -> None:
    """Both are understood."""
    line = (sys.executable, "-c", f"print('''{printed}''')")
    result = command.collect(command.Settings(kind="command", command=line), READER, 0)
    assert result.samples == (Sample("queue", labels(), 3),)


def test_a_summary_of_wandb_is_of_its_run(tmp_path: Path) -> None:
    """W&B's own keys are left out."""
    folder = tmp_path / "run-20261127_120000-3x9k2a1b/files"
    folder.mkdir(parents=True)
    summary = folder / "wandb-summary.json"
    summary.write_text('{"_step": 9, "val": {"acc": 0.7}}')
    settings = wandb.Settings(kind="wandb", files=(str(summary), "/nowhere.json"))

    result = wandb.collect(settings, READER, 0)

    assert result.samples == (Sample("val.acc", labels(run="3x9k2a1b"), 0.7),)
    assert len(result.problems) == 1


def test_counters_of_broadcom_are_those_of_other_makes() -> None:
    """By the names that its driver gives to the files."""
    folder = "/sys/class/infiniband/bnxt_re0/ports/1/hw_counters"
    files = {f"{folder}/rx_ecn_marked_pkts": "7", f"{folder}/seq_err_naks_rcvd": "3"}
    result = {sample.name: sample.value for sample in rdma_sysfs.parse(files)}
    assert result == {"np_ecn_marked_roce_packets": 7, "packet_seq_err": 3}
