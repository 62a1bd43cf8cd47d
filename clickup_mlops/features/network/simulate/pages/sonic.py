"""vinted/sonic-exporter of a leaf: bytes, pauses and errors by interface."""

from collections.abc import Iterator, Mapping

from clickup_mlops.features.network.simulate.pages._lines import line, page
from clickup_mlops.features.network.simulate.world import LINE, World


def text(world: World, leaf: int) -> str:
    """The page of a leaf."""
    lines = [item for spine in range(world.shape.spines) for item in _uplink(world, leaf, spine)]
    for nic in world.shape.nics:
        if nic.leaf == leaf:
            counters = {name: values[nic.index] for name, values in world.edge.items()}
            lines += _interface(world.shape.interface(leaf, nic), counters)
    return page(lines)


def _uplink(world: World, leaf: int, spine: int) -> Iterator[str]:
    counters = {name: values[leaf, spine] for name, values in world.switch.items()}
    is_up = int(world.conditions.uplinks[leaf, spine])
    return _interface(world.shape.uplink(spine), counters, is_up)


def _interface(device: str, counters: Mapping[str, float], is_up: int = 1) -> Iterator[str]:
    yield line("sonic_interface_operational_status", is_up, device=device)
    yield line("sonic_interface_speed_bytes", LINE, device=device)
    yield line("sonic_interface_transmit_bytes_total", int(counters["tx_bytes"]), device=device)
    yield line("sonic_interface_receive_bytes_total", int(counters["rx_bytes"]), device=device)
    for way in ("transmit", "receive"):
        pause = {"transmit": "pause_tx", "receive": "pause_rx"}[way]
        for kind in ("error", "discard", "pause"):
            value = int(counters.get(pause, 0.0)) if kind == "pause" else 0
            yield line(f"sonic_interface_{way}_errs_total", value, device=device, type=kind)
