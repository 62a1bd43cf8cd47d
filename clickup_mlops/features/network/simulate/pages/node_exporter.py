"""node_exporter of a host: what the kernel sends, and bytes by priority."""

from collections.abc import Iterator

from clickup_mlops.features.network.simulate.fabrics import Nic
from clickup_mlops.features.network.simulate.pages._lines import line, page
from clickup_mlops.features.network.simulate.world import World


def text(world: World, host: str) -> str:
    """The page of a host."""
    nics = world.shape.nics_by_host[host]
    return page([item for nic in nics for item in _device(world, nic)])


def _device(world: World, nic: Nic) -> Iterator[str]:
    counters = {name: values[nic.index] for name, values in world.counters.items()}
    kernel = float(int(counters["kernel_bytes"]))
    labels = {"device": nic.netdev}
    yield line("node_network_speed_bytes", world.conditions.line[nic.index], **labels)
    yield line("node_network_receive_bytes_total", kernel, **labels)
    yield line("node_network_transmit_bytes_total", kernel, **labels)
    yield line(
        "node_ethtool_transmitted_prio0_bytes", float(int(counters["lossy_bytes"])), **labels
    )
    lossless = float(int(counters["lossless_bytes"]))
    yield line("node_ethtool_transmitted_prio3_bytes", lossless, **labels)
    # The driver has it for lossless priorities alone.
    yield line("node_ethtool_received_prio3_pause", 0, **labels)
