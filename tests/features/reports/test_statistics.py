"""Intervals: their laws, known values, and nothing where a number would be a guess."""

import random
import statistics as python

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.ports.sections import statistics
from clickup_mlops.ports.sections.statistics import MINIMUM

counts = st.integers(0, 1_000)
values = st.lists(st.floats(0, 1e12), min_size=MINIMUM, max_size=60)


@given(counts, counts)
def test_a_share_is_within_its_interval(part: int, remainder: int) -> None:
    share = statistics.share(part, part + remainder)

    if part + remainder < MINIMUM:
        assert share is None
    else:
        assert share is not None
        assert 0 <= share.low <= share.value <= share.high <= 1


def test_wilsons_interval_is_the_published_one() -> None:
    """Newcombe 1998, table I: 81 of 263, and 0 of 20."""
    wilson, none = statistics.wilson(81, 263), statistics.wilson(0, 20)

    assert (wilson.low, wilson.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert (none.low, none.high) == pytest.approx((0, 0.1611), abs=5e-5)


def test_the_interval_of_a_difference_is_the_published_one() -> None:
    """Newcombe 1998, table II, method 10: 56 of 70 less 48 of 80."""
    change_of_share = statistics.change_of_share((48, 80), (56, 70))

    assert change_of_share is not None
    assert (change_of_share.low, change_of_share.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@given(values, st.text(max_size=5))
def test_a_median_is_within_its_interval_and_the_same_again(sample: list[float], seed: str) -> None:
    """Whatever the order of the values."""
    first = statistics.median(sample, seed)

    assert first is not None
    assert first.value == python.median_low(sample)
    assert min(sample) <= first.low <= first.value <= first.high <= max(sample)
    assert statistics.median(sample[::-1], seed) == first


def test_the_fast_bootstrap_is_the_bootstrap() -> None:
    """Its medians are spread as those of real resamples."""
    chance = random.Random(1)
    expovariates = sorted(chance.expovariate(1) for _ in range(41))
    real = sorted(python.median_low(chance.choices(expovariates, k=41)) for _ in range(4_000))

    estimate = statistics.median(expovariates, "seed")
    assert estimate is not None
    ranks = [
        expovariates.index(bound) for bound in (estimate.low, estimate.high, real[100], real[-101])
    ]
    assert abs(ranks[0] - ranks[2]) <= 1
    assert abs(ranks[1] - ranks[3]) <= 1


@given(values, values)
def test_a_change_turned_around_is_its_negative(before: list[float], now: list[float]) -> None:
    change_of_median = statistics.change_of_median(before, now, "seed")
    back = statistics.change_of_median(now, before, "seed")

    assert change_of_median is not None and back is not None
    assert change_of_median.value == -back.value


@given(counts, counts)
def test_a_count_that_could_be_the_same_is_not_called_a_change(before: int, now: int) -> None:
    """Zero is within the interval of equal counts; the change is within its own."""
    result, equal = (statistics.change_of_count(before, count) for count in (now, before))

    if equal is not None:
        assert equal.low < 0 < equal.high
    if result is not None:
        assert -1 <= result.low <= result.value <= result.high


def test_a_longer_period_is_compared_by_rate() -> None:
    """Twice as many in twice the time is no change."""
    change_of_count = statistics.change_of_count(50, 100, before_ms=1, now_ms=2)

    assert change_of_count is not None
    assert change_of_count.value == 0
    assert change_of_count.low < 0 < change_of_count.high


def test_more_values_make_a_narrower_interval() -> None:
    few, many = statistics.share(5, 10), statistics.share(500, 1_000)

    assert few is not None and many is not None
    assert many.high - many.low < few.high - few.low


def test_too_little_says_nothing() -> None:
    """Neither of this period nor of a change."""
    few, many = [1.0] * (MINIMUM - 1), [1.0] * MINIMUM

    assert statistics.median(few, "") is None
    assert statistics.share(1, MINIMUM - 1) is None
    assert statistics.change_of_median(few, many, "") is None
    assert statistics.change_of_mean(many, few, "") is None
    assert statistics.change_of_count(0, 100) is None
    assert statistics.change_of_count(4, 5) is None
    assert statistics.change_of_share((1, 2), (5, 10)) is None
