"""The state of a simulated fabric: what faults change, and the counters that exporters show."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from clickup_mlops.features.network.simulate.fabrics import LINE_GBPS, Shape
from clickup_mlops.features.network.simulate.sharing import Floats, Ints
from clickup_mlops.features.network.simulate.traffic import (
    Flow,
    Job,
    Scenario,
    checkpoints,
    flows,
    jobs,
)

LINE: Final = LINE_GBPS * 125e6
"""Bytes per second."""
GPUS: Final = 2
"""Of a host, on the pages."""
_HASH_RANGE: Final = 1 << 30


@dataclass
class Conditions:
    """What may be wrong, by position of the port; healthy as it is made."""

    line: Floats
    drain: Floats
    """Share of the line rate that the host takes."""
    stalled: Floats
    """Share of seconds in which PCIe is held up."""
    loss: Floats
    """Share of the packets that a port receives damaged."""
    pre_fec: Floats
    post_fec: Floats
    kernel: Floats
    """Share of the line rate that the kernel sends."""
    is_lossy: Ints
    """1: the port's packets are in a class that is dropped."""
    flaps: Floats
    """Times a minute that the link goes down."""
    jumps: Floats
    """Times a minute that its counter of bytes jumps."""
    is_idle: Ints
    leaf: Ints
    """Where it is really cabled."""
    uplinks: Ints
    """By leaf and spine: 1 if the link is up."""
    hashable: Ints
    """By leaf and spine: 1 if the hash ever chooses it."""
    listed: Ints
    """By leaf and spine: 1 if the operators wrote the link down."""
    ecn: str = "normal"
    """`high`: nothing is marked and all is paused; `low`: all is marked."""
    is_profiled: bool = True
    """Whether dcgm-exporter shows what profiling gives; else NCCL Inspector is on instead."""
    gpu_pace: dict[str, float] = field(default_factory=dict)
    """By host: how fast its GPUs compute, 1 is normal."""
    data_pace: dict[str, float] = field(default_factory=dict)
    """By host: how fast its data comes."""


class World:
    """A fabric with its jobs. Faults change `conditions`, `jobs` and `extra` before it begins."""

    def __init__(self, shape: Shape, scenario: Scenario, seed: int) -> None:
        self.shape, self.scenario = shape, scenario
        self.chance = np.random.default_rng(seed)
        self.jobs: list[Job] = jobs(shape, scenario)
        self.extra: list[Flow] = []
        if scenario in ("checkpoint", "mixed"):
            self.extra += checkpoints(shape, self.jobs)
        self.conditions = _healthy(shape, self.chance)
        self.counters: dict[str, Floats] = defaultdict(lambda: np.zeros(len(shape.nics)))
        self.switch: dict[str, Floats] = defaultdict(lambda: np.zeros((shape.leaves, shape.spines)))
        self.edge: dict[str, Floats] = defaultdict(lambda: np.zeros(len(shape.nics)))
        self.gpus: dict[tuple[str, int], dict[str, float]] = {}
        self.flows: list[Flow] = []
        self._hashes = np.zeros(0, dtype=np.int64)

    def begin(self) -> None:
        """Open the connections of the jobs: their hashes stay."""
        self.flows = [*flows(self.shape, self.jobs, self.chance), *self.extra]
        self._hashes = self.chance.integers(0, _HASH_RANGE, len(self.flows))

    def spine_of(self, number: int) -> int:
        """The spine that a flow crosses, by its hash, over the links that its leaf has."""
        flow, conditions = self.flows[number], self.conditions
        source, target = (conditions.leaf[nic.index] for nic in (flow.source, flow.target))
        usable = conditions.uplinks[source] & conditions.uplinks[target]
        choices = np.flatnonzero(usable & conditions.hashable[source])
        return int(choices[self._hashes[number] % len(choices)])


def _healthy(shape: Shape, chance: np.random.Generator) -> Conditions:
    count = len(shape.nics)
    links = np.ones((shape.leaves, shape.spines), dtype=np.int64)
    return Conditions(
        line=np.full(count, LINE),
        drain=np.ones(count),
        stalled=np.zeros(count),
        loss=np.zeros(count),
        # Errors before correction are normal on PAM4, and differ widely between links.
        pre_fec=10 ** chance.uniform(-9, -4.3, count),
        post_fec=np.zeros(count),
        kernel=np.full(count, 2e-5),
        is_lossy=np.zeros(count, dtype=np.int64),
        flaps=np.zeros(count),
        jumps=np.zeros(count),
        is_idle=np.zeros(count, dtype=np.int64),
        leaf=np.array([nic.leaf for nic in shape.nics], dtype=np.int64),
        uplinks=links,
        hashable=links.copy(),
        listed=links.copy(),
    )
