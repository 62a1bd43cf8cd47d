"""Forecasts: from the team's own past, the same each time, and none where they would be a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.flow import forecast as of
from clickup_mlops.flow.forecast import LEAST_FINISHED, LONGEST, Forecast, compute_forecast

TRIALS = 100
PAST = st.lists(st.integers(0, 5), min_size=28, max_size=84).filter(
    lambda daily: sum(daily[len(daily) % 7 :]) >= LEAST_FINISHED
)


def _of(wanted: int, daily: list[int], among: int | None = None, seed: str = "s") -> Forecast:
    found = compute_forecast(wanted, wanted if among is None else among, daily, seed, TRIALS)
    assert found is not None
    return found


@given(PAST, st.integers(0, 60), st.integers(0, 60))
def test_the_same_input_gives_the_same_forecast(daily, wanted, more) -> None:
    first = _of(wanted, daily, wanted + more)
    of._draw_trials.cache_clear()

    assert _of(wanted, daily, wanted + more) == first


@given(PAST, st.integers(0, 60), st.integers(1, 20), st.integers(0, 40))
def test_more_work_is_never_finished_earlier(daily, wanted, more, others) -> None:
    """More that is wanted, or more among which it is."""
    now, later = (
        _of(wanted, daily, wanted + others),
        _of(wanted + more, daily, wanted + more + others),
    )
    crowded = _of(wanted, daily, wanted + others + more)

    assert all(a <= b for a, b in zip(now.days, later.days, strict=True))
    assert all(a <= b for a, b in zip(now.days, crowded.days, strict=True))


@given(PAST, st.integers(1, 60))
def test_a_faster_team_is_never_finished_later(daily, wanted) -> None:
    slow, fast = _of(wanted, daily), _of(wanted, [count + 1 for count in daily])

    assert all(a >= b for a, b in zip(slow.days, fast.days, strict=True))


@given(PAST, st.integers(1, 60))
def test_a_surer_forecast_is_a_later_one(daily, wanted) -> None:
    """And the chance of a forecast's day is at least its share."""
    found = _of(wanted, daily)
    days = [found.within(share) for share in (0.5, 0.85, 0.95)]

    assert days == sorted(days, key=lambda one: LONGEST + 1 if one is None else one)
    known = [(share, one) for share, one in zip((0.5, 0.85, 0.95), days, strict=True) if one]
    assert all(found.chance(one) >= share for share, one in known)


@pytest.mark.parametrize("wanted", [1, 6, 7, 8, 100])
def test_a_team_that_never_varies_has_one_forecast(wanted: int) -> None:
    """A task a day: as many days as tasks."""
    assert set(_of(wanted, [1] * 28).days) == {wanted}


def test_the_rhythm_of_a_week_is_kept() -> None:
    """Who never works on the last two days of a week finishes nothing on them."""
    found = _of(6, [1, 1, 1, 1, 1, 0, 0] * 4)

    assert set(found.days) == {8}


def test_nothing_left_is_finished_already() -> None:
    assert set(_of(0, [1] * 28, 9).days) == {0}


def test_what_takes_over_a_year_has_no_day() -> None:
    found = _of(10_000, [1] * 28)

    assert (found.within(0.5), found.chance(LONGEST)) == (None, 0.0)


@pytest.mark.parametrize(
    "daily", [[], [1] * 27, [9] * 6, [0] * 84, [0] * 83 + [LEAST_FINISHED - 1]]
)
def test_too_little_is_no_forecast(daily: list[int]) -> None:
    """Less than four whole weeks, or hardly anything finished in them."""
    assert compute_forecast(3, 3, daily, "s") is None


def test_days_before_the_first_whole_week_do_not_count() -> None:
    """They would be a week of their own otherwise."""
    assert _of(5, [99, 99, *[1] * 28]) == _of(5, [1] * 28)


@given(st.integers(1, 200), st.integers(0, 200), st.floats(0, 1, exclude_max=True))
def test_the_last_of_the_wanted_tasks_is_neither_before_nor_behind_all(
    wanted: int, others: int, drawn: float
) -> None:
    found = of._find_position(wanted, wanted + others, drawn)

    assert wanted <= found <= wanted + others
