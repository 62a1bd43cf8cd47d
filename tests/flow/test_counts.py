"""Percentiles, and what is counted by days and weeks in a time zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.flow.spread import compute_percentile, compute_rank, compute_spread
from clickup_mlops.flow.weeks import (
    count_days_between,
    count_per_bucket,
    find_midnight,
    list_days_before,
    list_weeks,
)

DAY = 86_400_000
ZONES = ("UTC", "Europe/Madrid", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")
TIMES = st.integers(1_700_000_000_000, 1_800_000_000_000)
VALUES = st.lists(st.integers(0, 10**9), min_size=1, max_size=50)


def _ms(text: str, zone: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@given(VALUES, st.floats(0, 1))
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(values, share) -> None:
    ordered = sorted(values)
    result = compute_percentile(ordered, share)

    assert result in values
    assert sum(value <= result for value in values) >= share * len(values) - 1e-6


@given(VALUES)
def test_percentiles_ascend(values) -> None:
    spread = compute_spread(values, at_least=1)

    assert spread is not None
    assert spread.p50 <= spread.p85 <= spread.p95 <= max(values)


def test_percentiles_of_a_hundred_are_exact() -> None:
    spread = compute_spread(range(1, 101))

    assert spread is not None and (spread.count, spread.p50, spread.p85, spread.p95) == (
        100,
        50,
        85,
        95,
    )


def test_too_few_values_have_no_percentiles() -> None:
    assert compute_spread([1, 2, 3, 4]) is None
    assert compute_spread([]) is None
    assert compute_spread([], at_least=0) is None


@given(VALUES, st.integers(0, 10**9))
def test_a_rank_is_the_share_of_smaller_values(values, value) -> None:
    assert compute_rank(sorted(values), value) == sum(
        other_value < value for other_value in values
    ) / len(values)


@given(st.lists(st.tuples(TIMES, st.integers(1, 9)), max_size=30), TIMES, st.sampled_from(ZONES))
def test_what_is_in_the_whole_weeks_is_counted_once(counted, start, zone) -> None:
    bounds = list_weeks(start, start + 100 * DAY, zone)
    inside = sum(count for at_ms, count in counted if bounds[0] <= at_ms < bounds[-1])

    assert sum(count_per_bucket(counted, bounds)) == inside
    assert len(bounds) in (14, 15)


@given(TIMES, st.sampled_from(ZONES), st.integers(0, 60))
def test_weeks_begin_on_mondays_at_midnight_and_are_whole(start, zone, days) -> None:
    bounds = list_weeks(start, start + days * DAY, zone)
    local = [datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone)) for at_ms in bounds]

    assert all((moment.weekday(), moment.hour, moment.minute) == (0, 0, 0) for moment in local)
    assert all(start <= at_ms <= start + days * DAY for at_ms in bounds)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-27", 24)]
)
def test_a_day_in_which_clocks_change_is_one_day(day: str, hours: int) -> None:
    start = _ms(f"{day}T00:00", "Europe/Madrid")
    noon = _ms(f"{day}T12:00", "Europe/Madrid") + DAY

    *_, before, today = list_days_before(noon, 3, "Europe/Madrid")

    assert (before, today - before) == (start, hours * DAY // 24)


@given(TIMES, st.integers(0, 400), st.sampled_from(ZONES))
def test_days_between_are_those_that_are_added(at_ms, days, zone) -> None:
    later = find_midnight(at_ms, zone, days=days).timestamp() * 1000

    assert count_days_between(at_ms, int(later), zone) == days
