"""Comparing two periods: what was planted is inside the interval, and nothing else is claimed."""

import random
from collections.abc import Iterator

import pytest

from clickup_mlops.features.discovery.model import Trace
from clickup_mlops.features.impact.compare import compare, find_change, find_coinciding
from clickup_mlops.features.impact.model import Effect, Evidence, Sample

HOUR, DAY = 3_600_000, 86_400_000
MEDIANS = {("Serving", "inference"): 20, ("Serving", "training"): 90, ("Search", "inference"): 6}
SEEDS_OF_A_CHECK, SEEDS_OF_A_SOAK = 10, 100


def samples(seed: int, start_day: int, factor: float, mix: tuple[int, ...]) -> list[Sample]:
    """Ninety days of three kinds of work, of so many tasks each; heavy-tailed, as work is."""
    chance = random.Random(seed)
    return [
        Sample(
            (start_day + chance.randrange(90)) * DAY,
            median * HOUR * factor * chance.lognormvariate(0, 0.9),
            stratum,
        )
        for (stratum, median), count in zip(MEDIANS.items(), mix, strict=True)
        for _ in range(count)
    ]


def effect(seed: int, factor: float) -> Effect:
    """The mix of work changes too: the plain medians would say something else."""
    before = samples(2 * seed, 0, 1.0, (60, 40, 30))
    return compare("waiting", before, samples(2 * seed + 1, 90, factor, (30, 60, 60)))


def covered(seeds: int, factor: float) -> int:
    changes = (effect(seed, factor).change for seed in range(seeds))
    return sum(change is not None and change.low <= factor - 1 <= change.high for change in changes)


def unclaimed(seeds: int) -> int:
    return sum(not effect(seed, 1.0).is_clear for seed in range(seeds))


def test_planted_effects_are_inside_the_interval() -> None:
    assert covered(SEEDS_OF_A_CHECK, 0.5) >= SEEDS_OF_A_CHECK - 1
    assert unclaimed(SEEDS_OF_A_CHECK) >= SEEDS_OF_A_CHECK - 1


@pytest.mark.soak
@pytest.mark.parametrize("factor", [0.27, 0.5, 0.8, 1.45])
def test_planted_effects_are_inside_the_interval_in_93_of_100_seeds(factor: float) -> None:
    assert covered(SEEDS_OF_A_SOAK, factor) >= 93


@pytest.mark.soak
def test_no_effect_is_claimed_where_none_is_in_93_of_100_seeds() -> None:
    assert unclaimed(SEEDS_OF_A_SOAK) >= 93


def test_a_halved_time_is_clear_and_its_change_point_is_found() -> None:
    result = effect(1, 0.4)

    assert result.is_clear and result.change and result.change.value < -0.4
    assert result.changed_ms is not None
    assert abs(result.changed_ms - 90 * DAY) < 20 * DAY


def test_without_a_change_no_change_point_is_marked() -> None:
    changes = [find_change(samples(seed, 0, 1.0, (60, 40, 30))) for seed in range(10)]

    assert changes.count(None) >= 9


def test_another_mix_of_work_is_named() -> None:
    """The medians changed because the work did: like with like shows nothing."""
    before, now = (samples(seed, 90 * seed, 1.0, mix) for seed, mix in enumerate(_mixes()))
    result = compare("waiting", before, now)

    assert result.before and result.now and result.now.value > 2 * result.before.value
    assert not result.is_clear
    assert any("Serving, training was" in event.text for event in result.coinciding)


def _mixes() -> Iterator[tuple[int, ...]]:
    yield (40, 10, 80)
    yield (40, 120, 10)


def test_too_few_samples_are_not_enough_data() -> None:
    few = samples(1, 0, 1.0, (4, 4, 4))

    assert compare("waiting", few, few).change is None
    assert compare("waiting", [], []).before is None


def created(count: int, start_day: int, days: int) -> list[Trace]:
    """So many tasks, evenly over the days."""
    return [
        Trace(
            f"t{start_day}-{number}",
            "Serving",
            "inference",
            "to do",
            "open",
            created_ms=start_day * DAY + number * days * DAY // count,
        )
        for number in range(count)
    ]


@pytest.mark.parametrize(("now", "is_named"), [(30, False), (90, True)])
def test_more_work_is_named_and_earlier_work_is_not_taken_for_it(now: int, is_named: bool) -> None:
    """The evidence of a period has tasks that were created before it: they may be begun in it."""
    before, after = created(30, 90, 30), created(now, 120, 30)
    periods = (
        Evidence(before, 90 * DAY, 120 * DAY),
        Evidence([*before, *after], 120 * DAY, 150 * DAY),
    )
    texts = [coinciding.text for coinciding in find_coinciding(*periods)]

    expected = ["7 tasks a week were created, and now 21"]
    assert texts == (expected if is_named else [])
