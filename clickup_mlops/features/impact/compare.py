"""Comparing two periods: like with like, with intervals, change points and what coincides. Pure."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final

from clickup_mlops.features.discovery.model import Trace
from clickup_mlops.features.impact.model import Coinciding, Effect, Evidence, Sample, Stratum
from clickup_mlops.ports.sections import statistics
from clickup_mlops.ports.sections.statistics import MINIMUM

_PERMUTATIONS: Final = 200
_CHANCE: Final = 0.01
"""So rarely a series without a change has one as large."""
_LEAST_SAMPLES: Final = 20
_MOST_SAMPLES: Final = 2_000
"""Of more, every so many are looked at for a change point."""
_OTHER_CHANGE: Final = 0.3
"""A volume or mix that differs by so much may explain an effect."""


def compare(name: str, before: Sequence[Sample], now: Sequence[Sample]) -> Effect:
    """The effect on a measure: medians of both periods, and the change in strata of both."""
    pairs = _pair(before, now)
    old, new = ([sample.value for sample in samples] for samples in (before, now))
    change = statistics.ratio_of_medians([*pairs.values()], name)
    return Effect(
        name,
        statistics.median(old, f"{name} before"),
        statistics.median(new, name),
        change,
        len(before),
        len(now),
        sum(len(later) for _, later in pairs.values()),
        find_change([*before, *now]) if change else None,
        tuple(_coinciding(before, now)) if change else (),
    )


def _pair(
    before: Sequence[Sample], now: Sequence[Sample]
) -> dict[Stratum, tuple[list[float], list[float]]]:
    """Values of both periods by stratum; strata of which one period has too few are left out."""
    strata: dict[Stratum, tuple[list[float], list[float]]] = {}
    for place, samples in enumerate((before, now)):
        for sample in samples:
            strata.setdefault(sample.stratum, ([], []))[place].append(sample.value)
    return {stratum: pair for stratum, pair in strata.items() if min(map(len, pair)) >= MINIMUM}


def find_change(samples: Sequence[Sample]) -> int | None:
    """When the values changed most, by cumulative sums of ranks; None: by no more than chance.

    A. N. Pettitt, "A non-parametric approach to the change-point problem", 1979; how large sums
    are by chance is found by permuting the ranks, seeded.
    """
    ordered = sorted(samples, key=lambda sample: sample.at_ms)
    ordered = ordered[:: -(-len(ordered) // _MOST_SAMPLES) or 1]
    if len(ordered) < _LEAST_SAMPLES:
        return None
    ranks = _centered_ranks([sample.value for sample in ordered])
    sums = [*map(abs, accumulate(ranks))]
    largest, chance = max(sums), random.Random(len(ordered))
    exceeding = sum(_permuted(ranks, chance) >= largest for _ in range(_PERMUTATIONS))
    if exceeding > _CHANCE * _PERMUTATIONS:
        return None
    return ordered[min(sums.index(largest) + 1, len(ordered) - 1)].at_ms


def _permuted(ranks: Sequence[float], chance: random.Random) -> float:
    return max(map(abs, accumulate(chance.sample(ranks, len(ranks)))))


def _centered_ranks(values: Sequence[float]) -> list[float]:
    """Ranks with a mean of 0; equal values share theirs."""
    counts = Counter(values)
    firsts = dict(
        zip(sorted(counts), accumulate(counts[key] for key in sorted(counts)), strict=True)
    )
    middle = (len(values) + 1) / 2
    return [firsts[value] - (counts[value] - 1) / 2 - middle for value in values]


def _coinciding(before: Sequence[Sample], now: Sequence[Sample]) -> Iterator[Coinciding]:
    """How much the mix of strata changed: then the plain medians are of different work."""
    shares = [_shares(samples) for samples in (before, now)]
    for stratum in sorted({*shares[0], *shares[1]}):
        old, new = (share.get(stratum, 0.0) for share in shares)
        if abs(new - old) >= _OTHER_CHANGE:
            name = ", ".join(filter(None, stratum)) or "other work"
            yield Coinciding(f"{name} was {old:.0%} of it, and is {new:.0%}")


def _shares(samples: Sequence[Sample]) -> dict[Stratum, float]:
    counts = Counter(sample.stratum for sample in samples)
    return {stratum: count / len(samples) for stratum, count in counts.items()}


def find_coinciding(before: Evidence, now: Evidence) -> list[Coinciding]:
    """What else changed between the periods: how much work there was, and how many people."""
    rates = [len(_list_new(period)) / _weeks(period) for period in (before, now)]
    people = [_count_people(_list_new(period)) for period in (before, now)]
    coinciding = []
    if min(rates) and abs(rates[1] / rates[0] - 1) >= _OTHER_CHANGE:
        text = f"{rates[0]:.0f} tasks a week were created, and now {rates[1]:.0f}"
        coinciding.append(Coinciding(text))
    if min(people) >= MINIMUM and abs(people[1] / people[0] - 1) >= _OTHER_CHANGE:
        coinciding.append(Coinciding(f"{people[0]} people had tasks, and now {people[1]}"))
    return coinciding


def _weeks(period: Evidence) -> float:
    return max(1.0, (period.end_ms - period.start_ms) / (7 * 86_400_000))


def _list_new(period: Evidence) -> list[Trace]:
    """Evidence has earlier tasks, too, that were begun or finished in the period."""
    return [
        trace
        for trace in period.traces
        if trace.created_ms is not None and period.start_ms <= trace.created_ms < period.end_ms
    ]


def _count_people(traces: Iterable[Trace]) -> int:
    return len(frozenset[str]().union(*(trace.people for trace in traces)))
