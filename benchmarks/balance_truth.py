"""How well `network balance` predicts, by two models that simulate packets and share none of it.

Each choice's gain over ECMP by the 5-tuple, on a two-tier Clos network 1:1 and 2:1 and on one that
is optimised for rails, against

    ns3     ns-3 3.43: DCTCP with ECN (what Ethernet has that slows senders by marks), hashing,
            spraying and flowlets of its own; `apt-get install libns3-dev g++`
    pfc     `pause_model.py`: no congestion control, only pauses, with what they block

A step of a collective is simulated: each connection sends its share of a message, and the step ends
with the slowest. `deviation` is predicted over measured gain, ± 1.96 standard errors of `n` seeds:
a 95% interval of many, too narrow for one of few. A row outside ±10% has a `!`. Hashed runs are
compared on the paths that the run took.

    .venv/bin/python benchmarks/balance_truth.py ns3 --seeds 8 --processes 2
"""

import argparse
import random
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from statistics import fmean, stdev

from pause_model import Flow, PauseModel

from clickup_mlops.features.network.balance.model import Paths, Pattern, Traffic
from clickup_mlops.features.network.balance.predict import choices, connection_rates, predict
from clickup_mlops.features.network.balance.traffic import traffic
from clickup_mlops.features.network.diagnosis.fabric import Fabric, Job, Port, UplinkGroup

ROOT = Path(__file__).resolve().parent
LIBRARIES = ("applications", "point-to-point", "internet", "traffic-control", "network", "core")
USUAL = "ecmp_5tuple"
MODES = {
    "ecmp_5tuple": "hosts",
    "ecmp_qp": "pairs",
    "more_queue_pairs": "pairs",
    "rail_placement": "pairs",
    "flowlets": "least",
    "spraying": "spray",
    "static_routes": "given",
}
"""How a leaf of the ns-3 model chooses; those that hash draw other paths with each seed."""
PATTERNS: Mapping[str, tuple[Pattern, int]] = {
    "ring": ("ring", 1),
    "ring-4": ("ring", 4),
    "all-to-all": ("all-to-all", 1),
}
"""With queue pairs of a connection."""
HASHED = ("hosts", "pairs")
FIXED_SEEDS = 2
"""Of choices that leave nothing, or only packets, to chance."""
PACKET_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Case:
    """A choice on a fabric with a pattern of traffic, of one seed."""

    model: str
    shape: str
    pattern: Pattern
    pairs: int
    choice: str
    seed: int
    message: int
    """Bytes that each port sends."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the slowest connection got of its demand, and what it gets by the package's model on
    the same paths.
    """

    rate: float
    same_paths: float


@dataclass(frozen=True, slots=True)
class Shape:
    """`planes` of leaves that hold a port of each host: the leaves of a Clos network hold all."""

    planes: int
    leaves: int
    ports: int
    spines: int


SHAPES = {
    "clos-1to1": Shape(1, 4, 4, 4),
    "clos-2to1": Shape(1, 4, 4, 2),
    "rail": Shape(4, 2, 4, 4),
}


@cache
def fabric(name: str) -> Fabric:
    """Two jobs, whose hosts stand side by side."""
    shape = SHAPES[name]
    hosts = [f"gpu-{at:02}" for at in range(shape.leaves * shape.ports)]
    ports = tuple(
        Port(host, f"mlx5_{rail}", str(rail), "back_end", f"leaf{at // shape.ports}-{rail}")
        for at, host in enumerate(hosts)
        for rail in range(shape.planes)
    )
    groups = tuple(
        UplinkGroup(leaf, "uplinks", tuple(f"{leaf}/up{at}" for at in range(shape.spines)))
        for leaf in sorted({port.switch for port in ports})
    )
    jobs = tuple(Job(f"job-{at}", frozenset(hosts[at::2])) for at in (0, 1))
    return Fabric(ports, groups, jobs)


def load(case: Case) -> Traffic:
    """The connections of a case, with as many queue pairs as the choice makes of them."""
    return traffic(
        fabric(case.shape),
        {},
        pattern=case.pattern,
        pairs=case.pairs,
        orders_by_leaf=choices()[case.choice].orders_by_leaf,
    )


def measure(case: Case, program: str) -> Outcome:
    """Simulate packets."""
    connections = load(case)
    run = _by_ns3 if case.model == "ns3" else _by_pauses
    slowest, paths = run(case, connections, program)
    rates = connection_rates(
        connections, paths, waits=choices()[case.choice].waits_for_slowest_path
    )
    by_package = min(
        rate / c.demand for rate, c in zip(rates, connections.connections, strict=True)
    )
    return Outcome(alone(case.model, case.message, case.pairs, program) / slowest, by_package)


@cache
def alone(model: str, message: int, pairs: int, program: str) -> float:
    """How long a port's message takes if it has the fabric for itself."""
    flows = [(0, 1, message // pairs, 0)] * pairs
    if model == "ns3":
        return max(
            end - begin for begin, end, _spine in _ns3(program, "given", 0, [0, 1], 2, 1, flows)
        )
    return max(_paused([0, 1], 2, 1, flows, 0))


def _by_ns3(case: Case, connections: Traffic, program: str) -> tuple[float, Paths]:
    flows, owners = _flows(case, connections)
    mode = MODES[case.choice]
    leaf_of = _leaf_of(connections)
    rows = _ns3(program, mode, case.seed, leaf_of, connections.leaves, connections.uplinks, flows)
    slowest = max(end - begin for begin, end, _spine in rows)
    paths = [Counter[int]() for _ in connections.connections]
    for owner, (_begin, _end, spine) in zip(owners, rows, strict=True):
        paths[owner][max(spine, 0)] += 1
    if mode == "spray":
        return slowest, choices()[case.choice].assign(connections, random.Random(0))
    return slowest, paths


def _pairs(case: Case) -> int:
    return case.pairs * (4 if case.choice == "more_queue_pairs" else 1)


def _flows(case: Case, connections: Traffic) -> tuple[list[tuple[int, int, int, int]], list[int]]:
    """Source, target, bytes and spine of each queue pair, and its connection."""
    planned = choices()["static_routes"].assign(connections, random.Random(0))
    flows, owners = [], []
    pairs = _pairs(case)
    for number, (connection, path) in enumerate(zip(connections.connections, planned, strict=True)):
        spines = [*Counter(path).elements()]
        for pair in range(pairs):
            size = round(connection.demand * case.message / pairs)
            flows.append((connection.source, connection.target, size, spines[pair % len(spines)]))
            owners.append(number)
    return flows, owners


def _uplinks(path: Mapping[int, int], pairs: int) -> list[int]:
    """Of each queue pair: where all go together, the package takes them for one flow."""
    return [*Counter(path).elements()] * (pairs // sum(path.values()))


def _leaf_of(connections: Traffic) -> list[int]:
    leaf_of = [0] * connections.ports
    for connection in connections.connections:
        leaf_of[connection.source] = connection.source_leaf
        leaf_of[connection.target] = connection.target_leaf
    return leaf_of


def _ns3(
    program: str,
    mode: str,
    seed: int,
    leaf_of: Sequence[int],
    leaves: int,
    spines: int,
    flows: Sequence[tuple[int, int, int, int]],
) -> list[tuple[int, int, int]]:
    lines = [
        f"fabric {len(leaf_of)} {leaves} {spines} {mode} {seed}",
        *(f"host {leaf}" for leaf in leaf_of),
        *(f"flow {source} {target} {size} {spine}" for source, target, size, spine in flows),
    ]
    answer = subprocess.run(
        [program], input="\n".join(lines), capture_output=True, text=True, check=True, timeout=900
    ).stdout.splitlines()
    *rows, _marks, drops = answer
    assert drops == "drops 0", drops
    return [tuple(map(int, row.split())) for row in rows]  # type: ignore[misc]


def _by_pauses(case: Case, connections: Traffic, _program: str) -> tuple[float, Paths]:
    """On paths that the package draws."""
    paths = choices()[case.choice].assign(connections, random.Random(case.seed))
    pairs = _pairs(case)
    flows = [
        (connection.source, connection.target, round(connection.demand * case.message / pairs), at)
        for connection, path in zip(connections.connections, paths, strict=True)
        for at in ([-1] * pairs if case.choice == "spraying" else _uplinks(path, pairs))
    ]
    ends = _paused(_leaf_of(connections), connections.leaves, connections.uplinks, flows, case.seed)
    return max(ends), paths


def _paused(
    leaf_of: Sequence[int],
    leaves: int,
    spines: int,
    flows: Sequence[tuple[int, int, int, int]],
    seed: int,
) -> Sequence[int]:
    packets = [Flow(a, b, max(1, size // PACKET_BYTES), spine) for a, b, size, spine in flows]
    return PauseModel(leaf_of, leaves, spines, packets, seed).run()


def cases(
    model: str,
    seeds: int,
    message: int,
    shapes: Sequence[str],
    patterns: Sequence[str],
    compared: Sequence[str],
) -> Iterator[Case]:
    """All of these fabrics with these patterns, under these choices and the usual one."""
    for shape, (pattern, pairs) in product(shapes, map(PATTERNS.__getitem__, patterns)):
        for choice, mode in MODES.items():
            if choice not in (USUAL, *compared):
                continue
            fixed = mode in ("spray", "given")
            for seed in range(min(seeds, FIXED_SEEDS) if fixed else seeds):
                if not is_redundant(pattern, pairs, choice):
                    yield Case(model, shape, pattern, pairs, choice, seed, message)


def is_redundant(pattern: Pattern, pairs: int, choice: str) -> bool:
    """Whether a choice is the same as ECMP by the 5-tuple."""
    return pairs == 1 and (
        choice == "ecmp_qp" or (choice == "rail_placement" and pattern == "all-to-all")
    )


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and its standard error."""

    mean: float
    error: float


def estimate(choice: str, outcomes: Sequence[Outcome], predicted: float) -> Estimate:
    """Of the rate. Of choices that hash, the mean over all paths is the package's on all of them
    and what the run deviates from it on its own: a hash that is uniform needs no measurement.
    """
    is_hashed = MODES[choice] in HASHED
    values = [o.rate - (o.same_paths - predicted if is_hashed else 0.0) for o in outcomes]
    return Estimate(fmean(values), stdev(values) / len(values) ** 0.5)


def show(outcomes: Mapping[Case, Outcome], model: str) -> int:
    """The table, and how many rows are outside ±10%."""
    by_row: dict[tuple[str, str, int, str], list[Outcome]] = defaultdict(list)
    for case, outcome in outcomes.items():
        by_row[case.shape, case.pattern, case.pairs, case.choice].append(outcome)
    print(
        f"{model:4} {'fabric':9} {'pattern':10} {'pairs':>5} {'choice':16} {'rate':>13} "
        f"{'raw':>5} {'gain':>11} {'deviation':>15} {'n':>3}"
    )
    outside = 0
    for key, row in by_row.items():
        shape, pattern, pairs, choice = key
        case = Case(model, shape, pattern, pairs, choice, 0, 0)  # type: ignore[arg-type]
        predicted = predict(choice, load(case), 400).rate
        measured = estimate(choice, row, predicted)
        if choice == USUAL:
            usual, usual_predicted = measured, predicted
        gain, gain_predicted = measured.mean / usual.mean, predicted / usual_predicted
        parts = (measured, usual) if choice != USUAL else ()
        error = sum((part.error / part.mean) ** 2 for part in parts) ** 0.5
        deviation = gain_predicted / gain - 1
        outside += abs(deviation) > 0.1
        print(
            f"{'':4} {shape:9} {pattern:10} {pairs:5} {choice:16} "
            f"{predicted:5.3f} / {measured.mean:5.3f} {fmean(o.rate for o in row):5.3f} "
            f"{gain_predicted:4.2f} / {gain:4.2f} "
            f"{100 * deviation:+6.1f}% ± {196 * error:4.1f} "
            f"{len(row):3} {'!' if abs(deviation) > 0.1 else ''}"
        )
    print(f"{len(by_row)} rows, {outside} outside ±10%\n")
    return outside


def build(folder: str) -> str:
    """The ns-3 program, compiled."""
    program = f"{folder}/balance_truth"
    source = str(ROOT / "balance_truth.cc")
    libraries = [f"-lns3-{name}" for name in LIBRARIES]
    subprocess.run(["g++", "-std=c++20", "-O2", "-o", program, source, *libraries], check=True)
    return program


def main() -> int:
    """Run the cases of a model, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", choices=("ns3", "pfc"))
    parser.add_argument("--seeds", type=int, default=8, help="at least 2, for an error")
    parser.add_argument("--message", type=float, default=8, help="MB that each port sends")
    parser.add_argument("--fabric", choices=[*SHAPES], action="append")
    parser.add_argument("--pattern", choices=[*PATTERNS], action="append")
    parser.add_argument("--choice", choices=[*MODES], action="append")
    parser.add_argument("--processes", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.seeds < FIXED_SEEDS:
        parser.error(f"--seeds {arguments.seeds}: at least {FIXED_SEEDS}, or no error is known")
    all_cases = [
        *cases(
            arguments.model,
            arguments.seeds,
            round(arguments.message * 1e6),
            arguments.fabric or [*SHAPES],
            arguments.pattern or [*PATTERNS],
            arguments.choice or [*MODES],
        )
    ]
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(arguments.processes) as pool:
        program = build(folder) if arguments.model == "ns3" else ""
        outcomes = pool.map(measure, all_cases, [program] * len(all_cases))
        show(dict(zip(all_cases, outcomes, strict=True)), arguments.model)
    return 0


if __name__ == "__main__":
    sys.exit(main())
