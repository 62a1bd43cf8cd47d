"""One step of time: who sends how much, what is marked, paused and lost -> counters."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from clickup_mlops.features.network.simulate.sharing import (
    Floats,
    Ints,
    fair_rates,
    load,
)
from clickup_mlops.features.network.simulate.world import GPUS, LINE, World

_PACKET: Final = 4096.0
_USABLE: Final = 0.97
"""Of a link's rate: headers, and time in which nobody sends."""
_FULL: Final = 0.93
_SPREAD: Final = 0.55
"""Of a pause, what goes on to the next hop."""


@dataclass(frozen=True)
class Routes:
    """Links of each flow: the port's two, and the leaves' two if it crosses a spine. The last index
    is no link.
    """

    links: Ints
    demand: Floats
    job: Ints
    source: Ints
    target: Ints


def step(world: World, time_s: float, seconds: float) -> None:
    """Count in `world` what happens from `time_s` on, for so many seconds."""
    routes = _routes(world, time_s)
    capacity = _capacity(world)
    fair = fair_rates(routes.demand, routes.links, capacity)
    rate = _rates(world, routes, fair)
    # Queues fill while all send at once: before those that are ready wait for the slowest.
    links = _links(routes, fair, capacity)
    pauses = _pauses(world, routes, links, rate)
    _count_ports(world, routes, rate, _Signals(_marks(world, routes, links), pauses), seconds)
    _count_switches(world, routes, rate, pauses, seconds)
    _compute(world, routes, rate, time_s)


@dataclass(frozen=True)
class _Links:
    """State of each link. `full` is 1 if it is, `overload` then what is offered over what fits."""

    utilisation: Floats
    full: Floats
    overload: Floats


@dataclass(frozen=True)
class _Signals:
    """Share of each flow's packets that are marked, and of time for which each link is paused."""

    marks: Floats
    pauses: Floats


def _links(routes: Routes, rate: Floats, capacity: Floats) -> _Links:
    offered = load(routes.demand, routes.links, len(capacity))
    utilisation = load(rate, routes.links, len(capacity)) / capacity
    is_full = utilisation >= _FULL
    overload = np.where(is_full, np.maximum(offered / np.maximum(capacity, 1.0), 1.0), 1.0)
    return _Links(utilisation, is_full.astype(np.float64), overload)


def _routes(world: World, time_s: float) -> Routes:
    shape, conditions, chance = world.shape, world.conditions, world.chance
    count, spines = len(shape.nics), shape.spines
    nowhere = 2 * count + 2 * shape.leaves * spines
    rows, demand, job = [], [], []
    pace = chance.normal(1.0, 0.05, len(world.jobs) + 1).clip(0.8, 1.2)
    for number, flow in enumerate(world.flows):
        source, target = flow.source.index, flow.target.index
        if not flow.sends_at(time_s) or conditions.is_idle[source] or conditions.is_idle[target]:
            continue
        here, there = conditions.leaf[source], conditions.leaf[target]
        up = down = nowhere
        if here != there:
            spine = world.spine_of(number)
            up = 2 * count + here * spines + spine
            down = 2 * count + (shape.leaves + there) * spines + spine
        rows.append((source, count + target, up, down))
        demand.append(flow.demand * LINE * pace[flow.job])
        job.append(flow.job)
    links = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return Routes(
        links,
        np.array(demand, dtype=np.float64),
        np.array(job, dtype=np.int64),
        links[:, 0],
        links[:, 1] - count,
    )


def _capacity(world: World) -> Floats:
    conditions, shape = world.conditions, world.shape
    usable = _USABLE * conditions.line * (1 - conditions.kernel)
    between = np.full(2 * shape.leaves * shape.spines, _USABLE * LINE)
    return np.concatenate([usable, usable * conditions.drain, between, [np.inf]])


def _rates(world: World, routes: Routes, fair: Floats) -> Floats:
    """Of training all flows are as fast as the slowest, for which all wait."""
    rate = fair.copy()
    for number, job in enumerate(world.jobs):
        of_job = routes.job == number
        if job.kind == "training" and of_job.any():
            slowest = (rate[of_job] / routes.demand[of_job]).min() * _pace(world, job.hosts)
            rate[of_job] = routes.demand[of_job] * slowest
    loss = world.conditions.loss[routes.target] + 2e-4 * world.conditions.is_lossy[routes.source]
    useful: Floats = rate * np.clip(1 - loss * 1000, 0.1, 1.0)
    return useful


def _pace(world: World, hosts: tuple[str, ...]) -> float:
    paces = (world.conditions.gpu_pace, world.conditions.data_pace)
    return min(pace.get(host, 1.0) for pace in paces for host in hosts)


def _marks(world: World, routes: Routes, state: _Links) -> Floats:
    """Share of each flow's packets that switches mark."""
    if world.conditions.ecn == "high":
        return np.zeros(len(routes.demand))
    count = len(world.shape.nics)
    by_link = state.full * np.minimum(0.006 + 0.02 * (state.overload - 1), 0.06)
    by_link = by_link + 2e-4 * state.utilisation**4
    if world.conditions.ecn == "low":
        by_link = by_link + 0.04 * state.utilisation
    by_link[:count] = 0.0  # a host does not mark what it sends itself
    marks = by_link[routes.links].max(axis=1) * world.chance.uniform(0.8, 1.2, len(routes.demand))
    heeded: Floats = marks * (1.0 - world.conditions.is_lossy[routes.source])
    return heeded


def _pauses(world: World, routes: Routes, state: _Links, rate: Floats) -> Floats:
    """Share of time for which the sender of each link is paused."""
    conditions, count = world.conditions, len(world.shape.nics)
    full, overload = state.full, state.overload
    paused = np.zeros(len(overload))
    blocked = full * (1 - 1 / overload)
    drained = conditions.drain < 1
    # A host that does not take more pauses the leaf's port to it.
    offered = load(routes.demand, routes.links, len(overload))[count : 2 * count]
    short = np.clip(1 - conditions.drain * conditions.line / np.maximum(offered, 1.0), 0.0, 0.6)
    paused[count : 2 * count] = np.where(drained, np.maximum(short, 0.04), 0.0)
    cause = paused.copy()
    if conditions.ecn == "high":
        cause += np.minimum(blocked + 0.12 * full, 0.5)
    else:
        # Marks slow senders before it comes to pauses, but for the worst of incasts.
        cause += 0.004 * full * (overload > 3)
    # A switch that cannot send on the lower link pauses who feeds it: the upper one.
    for upper, lower in ((3, 1), (2, 3), (0, 2), (0, 1)):
        feeds = np.maximum(cause, paused)[routes.links[:, lower]] * _SPREAD * (rate > 0)
        np.maximum.at(paused, routes.links[:, upper], feeds)
        paused[-1] = 0.0
    return paused


def _count_ports(
    world: World, routes: Routes, rate: Floats, signals: _Signals, seconds: float
) -> None:
    marks, pauses = signals.marks, signals.pauses
    count, counters, conditions = len(world.shape.nics), world.counters, world.conditions
    chance = world.chance
    sent = _by(routes.source, rate, count) * seconds
    received = _by(routes.target, rate, count) * seconds
    kernel = conditions.kernel * LINE * seconds
    packets, packets_sent = received / _PACKET, sent / _PACKET
    marked = _by(routes.target, rate * marks, count) * seconds / _PACKET
    handled = _by(routes.source, rate * marks, count) * seconds / _PACKET
    lost_flow = conditions.loss[routes.target] + 2e-4 * conditions.is_lossy[routes.source]
    lost_packets = _by(routes.target, rate * lost_flow, count) * seconds / _PACKET
    repeated = _by(routes.source, rate * lost_flow, count) * seconds / _PACKET
    single = chance.random(count) < 0.02 * (packets > 0)
    jump = chance.random(count) < conditions.jumps * seconds / 60
    jumped = np.where(jump, 40 * LINE * seconds, 0.0)
    bits = 8 * conditions.line * seconds
    for name, value in {
        "tx_bytes": sent + kernel + jumped,
        "rx_bytes": received + kernel,
        "tx_packets": packets_sent,
        "rx_packets": packets,
        "ecn_marked": marked,
        "cnp_sent": 0.2 * marked,
        "cnp_handled": 0.2 * handled,
        "out_of_sequence": lost_packets + single,
        "packet_seq_err": repeated + single,
        "pause_rx_us": 1e6 * seconds * pauses[:count] * chance.uniform(0.85, 1.15, count),
        "pause_tx_us": 1e6
        * seconds
        * np.where(conditions.drain < 1, pauses[count : 2 * count], 0.0)
        * chance.uniform(0.85, 1.15, count),
        "stalled_s": seconds * conditions.stalled,
        "rx_bits": bits,
        "corrected_bits": bits * conditions.pre_fec * chance.uniform(0.8, 1.2, count),
        "symbol_errors": bits * conditions.post_fec * chance.uniform(0.8, 1.2, count),
        "link_downed": (chance.random(count) < conditions.flaps * seconds / 60).astype(float),
        "kernel_bytes": kernel * chance.uniform(0.9, 1.1, count),
        "lossy_bytes": np.where(conditions.is_lossy == 1, sent, 0.02 * kernel),
        "lossless_bytes": np.where(conditions.is_lossy == 1, 0.0, sent),
    }.items():
        counters[name] += value


def _count_switches(
    world: World, routes: Routes, rate: Floats, pauses: Floats, seconds: float
) -> None:
    shape = world.shape
    count, between = len(shape.nics), shape.leaves * shape.spines
    carried = load(rate, routes.links, 2 * count + 2 * between + 1) * seconds
    up = carried[2 * count : 2 * count + between].reshape(shape.leaves, shape.spines)
    down = carried[2 * count + between : -1].reshape(shape.leaves, shape.spines)
    world.switch["tx_bytes"] += up
    world.switch["rx_bytes"] += down
    paused = pauses[2 * count : 2 * count + between].reshape(shape.leaves, shape.spines)
    world.switch["pause_rx"] += 1000 * seconds * paused
    world.edge["tx_bytes"] += carried[count : 2 * count]
    world.edge["rx_bytes"] += carried[:count]
    world.edge["pause_tx"] += 1000 * seconds * pauses[:count]
    drained = world.conditions.drain < 1
    world.edge["pause_rx"] += 1000 * seconds * pauses[count : 2 * count] * drained


def _compute(world: World, routes: Routes, rate: Floats, time_s: float) -> None:
    """What GPUs do: who is late computes longer, or waits for data; the others wait for it."""
    for number, job in enumerate(world.jobs):
        of_job = routes.job == number
        offered = routes.demand[of_job].sum()
        speed = float(rate[of_job].sum() / offered) if offered else 1.0
        for host in job.hosts:
            gpu, data = (
                pace.get(host, 1.0)
                for pace in (world.conditions.gpu_pace, world.conditions.data_pace)
            )
            for index in range(GPUS):
                noise = world.chance.normal(1.0, 0.03)
                late = gpu if index == 0 else 1.0
                tensor = 0.42 * speed / late * noise if job.kind == "training" else 0.1 * noise
                busy = 97.0 if job.kind == "training" else 45.0 + 10 * np.sin(time_s / 60 + index)
                # Who comes last does not wait for the others, who wait for as long as it is late.
                is_last = late < 1 or data < 1
                waits = 0.0 if is_last else 20.0 * (1 / _pace(world, job.hosts) - 1)
                world.gpus[host, index] = {
                    "collective_ms": (9.0 + waits) * noise,
                    "tensor": min(tensor, 0.95),
                    "utilisation": busy * (data if data < 1 else 1.0) * min(noise, 1.0),
                    "temperature": 62.0 + (24.0 if late < 1 else 0.0) + 2 * noise,
                }


def _by(index: Ints, values: Floats, count: int) -> Floats:
    return np.bincount(index, weights=values, minlength=count).astype(np.float64)
