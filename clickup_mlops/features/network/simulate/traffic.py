"""Jobs and their flows. Pure; chance is an argument."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from clickup_mlops.features.network.simulate.fabrics import Nic, Shape

Kind = Literal["training", "inference"]
Scenario = Literal["training", "inference", "checkpoint", "mixed"]
SCENARIOS: Final[tuple[Scenario, ...]] = ("training", "inference", "checkpoint", "mixed")


@dataclass
class Job:
    """What runs on hosts. `demand` is what a port sends, as a share of its line rate, `pairs` the
    queue pairs of a connection. A `ring` sends to the next host alone, else each sends to each.
    """

    name: str
    tenant: str
    kind: Kind
    hosts: tuple[str, ...]
    demand: float = 0.5
    pairs: int = 4
    is_ring: bool = False
    rails: frozenset[int] = field(default_factory=frozenset)
    """Rails that it uses; empty: all."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A queue pair between two ports. `demand` is a share of the line rate; `job` is a position,
    or -1 for what belongs to none. `since_s` and `until_s` bound when it sends, and `every_s`
    repeats that.
    """

    source: Nic
    target: Nic
    demand: float
    job: int
    since_s: float = 0.0
    until_s: float = 1e9
    every_s: float = 0.0

    def sends_at(self, time_s: float) -> bool:
        """Whether it sends at a time."""
        at = time_s % self.every_s if self.every_s else time_s
        return self.since_s <= at < self.until_s


def jobs(shape: Shape, scenario: Scenario) -> list[Job]:
    """Two jobs of two tenants, whose hosts stand side by side."""
    even, odd = shape.hosts[::2], shape.hosts[1::2]
    first: Kind = "inference" if scenario == "inference" else "training"
    second: Kind = "inference" if scenario in ("inference", "mixed") else "training"
    # What crosses a 2:1 fabric must fit through it.
    demand = 0.55 if shape.oversubscription <= 1 else 0.42
    return [
        Job("llm-pretrain", "research", first, even, demand if first == "training" else 0.12),
        Job("ranker", "products", second, odd, demand if second == "training" else 0.12),
    ]


def flows(shape: Shape, all_jobs: Sequence[Job], chance: np.random.Generator) -> Iterator[Flow]:
    """Between the ports of each job on each of its rails; `chance` draws their paths."""
    for number, job in enumerate(all_jobs):
        rails = sorted(job.rails) or range(shape.rails)
        for rail in rails:
            members = [shape.nics_by_host[host][rail] for host in job.hosts]
            connect = _ring if job.is_ring else _mesh
            yield from connect(job, number, members, chance)


def checkpoints(shape: Shape, all_jobs: Sequence[Job]) -> Iterator[Flow]:
    """Healthy ones: rank 0 writes for half a minute of five, all ranks for ten seconds of four."""
    first, second = (shape.nics_by_host[host][0] for host in ("nfs-01", "nfs-02"))
    for number, job in enumerate(all_jobs):
        if job.kind == "training":
            source = shape.nics_by_host[job.hosts[0]][0]
            begin = 40.0 * number
            yield Flow(source, first, 0.5, -1, begin, begin + 30, 300)
            for host in job.hosts:
                yield Flow(shape.nics_by_host[host][0], second, 0.2, -1, 100, 110, 240)


def _ring(job: Job, number: int, members: Sequence[Nic], _chance: object) -> Iterator[Flow]:
    for at, source in enumerate(members):
        # Half of the ring away: next to it would stay in the pod.
        target = members[(at + len(members) // 2) % len(members)]
        for _pair in range(job.pairs):
            yield Flow(source, target, job.demand / job.pairs, number)


def _mesh(
    job: Job, number: int, members: Sequence[Nic], chance: np.random.Generator
) -> Iterator[Flow]:
    count = (len(members) - 1) * job.pairs
    for source in members:
        for target in members:
            if target is not source:
                for _pair in range(job.pairs):
                    yield Flow(
                        source, target, job.demand / count * chance.uniform(0.9, 1.1), number
                    )
