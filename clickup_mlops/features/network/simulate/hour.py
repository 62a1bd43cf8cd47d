"""A simulated time: the pages that exporters show, one scrape after another."""

from collections.abc import Iterator, Mapping
from typing import Final

from clickup_mlops.features.network.simulate.pages import (
    dcgm,
    nccl_inspector,
    node_exporter,
    rdma_exporter,
    sonic,
)
from clickup_mlops.features.network.simulate.step import step
from clickup_mlops.features.network.simulate.world import World

SCRAPE_S: Final = 30.0
_STEPS: Final = 2
Pages = Mapping[str, str]
"""Texts by address: `gpu-01/rdma_exporter`, `leaf1/sonic`."""


def pages(world: World) -> Pages:
    """What exporters show now."""
    shape = world.shape
    texts = {
        f"{host}/rdma_exporter": rdma_exporter.text(world, host) for host in shape.nics_by_host
    }
    texts |= {f"{host}/node_exporter": node_exporter.text(world, host) for host in shape.hosts}
    texts |= {f"{host}/dcgm": dcgm.text(world, host) for host in shape.hosts}
    if not world.conditions.is_profiled:
        texts |= {
            f"{host}/nccl_inspector": nccl_inspector.text(world, host) for host in shape.hosts
        }
    return texts | {
        f"{shape.leaf_name(leaf)}/sonic": sonic.text(world, leaf) for leaf in range(shape.leaves)
    }


def scrapes(world: World, count: int, every_s: float = SCRAPE_S) -> Iterator[tuple[float, Pages]]:
    """Time (seconds) and pages of each scrape of a world that has begun."""
    length_s = every_s / _STEPS
    time_s = 0.0
    for _number in range(count):
        for _part in range(_STEPS):
            time_s += length_s
            step(world, time_s, length_s)
        yield time_s, pages(world)
