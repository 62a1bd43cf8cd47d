"""Does the advice about uneven links hold? `python benchmarks/fabric.py`

A simulation, not a measurement: a leaf-spine fabric in which each host sends to one host of another
leaf, as a ring of a collective does. Flows share links max-min fairly; a collective is as fast as
its slowest flow. Methods differ only in how a flow chooses its spines. Means over SEEDS seeds with
95 % intervals; Jain's index of the uplinks, as the bot would read it, and what it would advise.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from clickup_mlops.features.metrics.derive.balance import balance
from clickup_mlops.features.metrics.diagnosis.diagnose import diagnose

LEAVES, SPINES, HOSTS, SEEDS = 8, 8, 8, 40
Link = tuple[str, int, int]
"""`up` from a leaf to a spine, or `down` from a spine to a leaf. All are as fast as a host's."""


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a flow on one path."""

    flow: int
    links: tuple[Link, Link]
    share: float


Choose = Callable[[random.Random, int, Counter[int]], Sequence[int]]
"""Spines for one flow: chance, its leaf, and how many parts each of the leaf's uplinks carries."""


def static(chance: random.Random, _leaf: int, _load: Counter[int]) -> Sequence[int]:
    """ECMP by a hash of the flow: one spine by chance."""
    return [chance.randrange(SPINES)]


def queue_pairs(count: int) -> Choose:
    """So many queue pairs for a connection, each hashed by itself."""
    return lambda chance, leaf, load: [chance.randrange(SPINES) for _ in range(count)]


def least_loaded(_chance: random.Random, _leaf: int, load: Counter[int]) -> Sequence[int]:
    """Flowlets and adaptive routing: the uplink that carries least now."""
    return [min(range(SPINES), key=lambda spine: load[spine])]


def sprayed(_chance: random.Random, _leaf: int, _load: Counter[int]) -> Sequence[int]:
    """Packets over all spines."""
    return range(SPINES)


METHODS: Mapping[str, tuple[Choose, float]] = {
    "static ECMP": (static, 1),
    "4 queue pairs each": (queue_pairs(4), 4),
    "16 queue pairs each": (queue_pairs(16), 16),
    "least loaded uplink": (least_loaded, 1),
    "packet spraying": (sprayed, SPINES),
}
"""How spines are chosen, and the parts of each flow."""


def parts(choose: Choose, chance: random.Random) -> Iterator[Part]:
    """Each host sends to the host of the same number in another leaf."""
    load: dict[int, Counter[int]] = defaultdict(Counter)
    step = chance.randrange(1, LEAVES)
    for leaf in range(LEAVES):
        for host in range(HOSTS):
            spines = choose(chance, leaf, load[leaf])
            load[leaf].update(spines)
            there = (leaf + step) % LEAVES
            for spine in spines:
                path = (("up", leaf, spine), ("down", spine, there))
                yield Part(leaf * HOSTS + host, path, 1 / len(spines))


def rates(flows: Sequence[Part]) -> dict[int, float]:
    """Max-min fair rate of each flow, 1 is line rate.

    A flow's parts carry it together: it ends with its slowest part, so that is its rate.
    """
    free: dict[Link, float] = defaultdict(lambda: 1.0)
    open_parts = set(range(len(flows)))
    rate = [0.0] * len(flows)
    while open_parts:
        weight: dict[Link, float] = defaultdict(float)
        for number in open_parts:
            for link in flows[number].links:
                weight[link] += flows[number].share
        # What each open part's flow may still gain before a link, or its host, is full.
        gain = min(free[link] / weight[link] for link in weight)
        gain = min(gain, *(1 - rate[number] for number in open_parts))
        for number in open_parts:
            rate[number] += gain
        for link, used in weight.items():
            free[link] -= gain * used
        open_parts = {
            number
            for number in open_parts
            if rate[number] < 1 - 1e-9 and all(free[x] > 1e-9 for x in flows[number].links)
        }
    slowest: dict[int, float] = {}
    for part, value in zip(flows, rate, strict=True):
        slowest[part.flow] = min(value, slowest.get(part.flow, 1.0))
    return slowest


def uplinks(flows: Sequence[Part], speed: Mapping[int, float]) -> list[float]:
    """Load of each uplink of the busiest pattern, as a share of its rate."""
    load = {("up", leaf, spine): 0.0 for leaf in range(LEAVES) for spine in range(SPINES)}
    for part in flows:
        load[part.links[0]] += part.share * speed[part.flow]
    return list(load.values())


def run(method: str, seed: int) -> tuple[float, float]:
    """The collective's rate (1: line rate), and Jain's index of the uplinks."""
    choose, _ = METHODS[method]
    flows = list(parts(choose, random.Random(seed)))
    speed = rates(flows)
    found = balance(uplinks(flows, speed))
    return min(speed.values()), found.jain if found else 1.0


def interval(values: Sequence[float]) -> str:
    """Mean and 95 % interval of it."""
    return f"{fmean(values):.2f} ± {1.96 * stdev(values) / len(values) ** 0.5:.2f}"


def advised(method: str, jain: float) -> str:
    """What the bot would say with these numbers."""
    flows_per_link = METHODS[method][1] * HOSTS / SPINES
    facts = ["adaptive_routing"] if method in ("least loaded uplink", "packet spraying") else []
    numbers = {"rail_balance": jain, "flows_per_link": flows_per_link}
    names = [one.symptom.name for one in diagnose(numbers, facts).advice]
    return ", ".join(names) or "nothing"


def main() -> None:
    """Simulate and print."""
    print(f"A simulation of {LEAVES} leaves, {SPINES} spines, {HOSTS} hosts each; {SEEDS} seeds.")
    print(f"{'method':22} {'collective':>14} {'uplinks (Jain)':>16}  the bot advises")
    for method in METHODS:
        found = [run(method, seed) for seed in range(SEEDS)]
        speed, jain = [one for one, _ in found], [one for _, one in found]
        advice = advised(method, fmean(jain))
        print(f"{method:22} {interval(speed):>14} {interval(jain):>16}  {advice}")


if __name__ == "__main__":
    main()
