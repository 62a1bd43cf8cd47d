"""yuuki/rdma_exporter of a host: the kernel's counters as they are; bytes in words of 4."""

from collections.abc import Iterator

from clickup_mlops.features.network.simulate.fabrics import Nic
from clickup_mlops.features.network.simulate.pages._lines import line, page
from clickup_mlops.features.network.simulate.world import World

_PLAIN = {
    "port_rcv_packets": "rx_packets",
    "port_xmit_packets": "tx_packets",
    "np_ecn_marked_roce_packets": "ecn_marked",
    "np_cnp_sent": "cnp_sent",
    "rp_cnp_handled": "cnp_handled",
    "out_of_sequence": "out_of_sequence",
    "packet_seq_err": "packet_seq_err",
    "link_downed": "link_downed",
    "phy_rx_bits": "rx_bits",
    "phy_rx_corrected_bits": "corrected_bits",
    "phy_rx_pcs_symbol_err": "symbol_errors",
    "pcie_outbound_stalled_seconds": "stalled_s",
}


def text(world: World, host: str) -> str:
    """The page of a host. Compute hosts also have a port that is not cabled, and a slow one."""
    lines = [item for nic in world.shape.nics_by_host[host] for item in _port(world, nic)]
    if host in world.shape.hosts:
        lines += _further()
    return page(lines)


def _port(world: World, nic: Nic) -> Iterator[str]:
    labels = {"device": nic.device, "port": "1"}
    rate = round(world.conditions.line[nic.index] / 125e6)
    yield line(
        "rdma_port_info",
        1,
        **labels,
        netdev=nic.netdev,
        link_layer="Ethernet",
        state="ACTIVE",
        phys_state="LINK_UP",
        link_speed=f"{rate} Gb/sec (4X NDR)",
    )
    counters = {name: values[nic.index] for name, values in world.counters.items()}
    for name, counter in _PLAIN.items():
        yield line(f"rdma_{name}_total", float(int(counters[counter])), **labels)
    for way in ("rcv", "xmit"):
        name = {"rcv": "rx_bytes", "xmit": "tx_bytes"}[way]
        yield line(f"rdma_port_{way}_data_total", float(int(counters[name] / 4)), **labels)
    for direction in ("rx", "tx"):
        pause = counters[f"pause_{direction}_us"]
        yield line(
            "rdma_roce_pfc_pause_duration_total",
            float(int(pause)),
            **labels,
            direction=direction,
            priority="3",
        )


def _further() -> Iterator[str]:
    for device, rate, state in (
        ("mlx5_8", "400 Gb/sec", "DOWN"),
        ("mlx5_9", "25 Gb/sec", "ACTIVE"),
    ):
        labels = {"device": device, "port": "1"}
        yield line("rdma_port_info", 1, **labels, state=state, link_speed=f"{rate} (1X EDR)")
        for name in ("port_rcv_data", "port_xmit_data", "port_rcv_packets", "port_xmit_packets"):
            yield line(f"rdma_{name}_total", 0, **labels)
