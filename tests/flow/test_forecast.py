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


def _of(
    task_count: int, daily: list[int], open_count: int | None = None, seed: str = "s"
) -> Forecast:
    result = compute_forecast(
        task_count, task_count if open_count is None else open_count, daily, seed, TRIALS
    )
    assert result is not None
    return result


@given(PAST, st.integers(0, 60), st.integers(0, 60))
def test_the_same_input_gives_the_same_forecast(daily, task_count, more) -> None:
    first = _of(task_count, daily, task_count + more)
    of._draw_trials.cache_clear()

    assert _of(task_count, daily, task_count + more) == first


@given(PAST, st.integers(0, 60), st.integers(1, 20), st.integers(0, 40))
def test_more_work_is_never_finished_earlier(daily, task_count, more, other_count) -> None:
    """More that is wanted, or more among which it is."""
    now, later = (
        _of(task_count, daily, task_count + other_count),
        _of(task_count + more, daily, task_count + more + other_count),
    )
    crowded = _of(task_count, daily, task_count + other_count + more)

    assert all(a <= b for a, b in zip(now.days, later.days, strict=True))
    assert all(a <= b for a, b in zip(now.days, crowded.days, strict=True))


@given(PAST, st.integers(1, 60))
def test_a_faster_team_is_never_finished_later(daily, task_count) -> None:
    slow, fast = _of(task_count, daily), _of(task_count, [count + 1 for count in daily])

    assert all(a >= b for a, b in zip(slow.days, fast.days, strict=True))


@given(PAST, st.integers(1, 60))
def test_a_surer_forecast_is_a_later_one(daily, task_count) -> None:
    """And the chance of a forecast's day is at least its share."""
    result = _of(task_count, daily)
    days = [result.within(share) for share in (0.5, 0.85, 0.95)]

    assert days == sorted(days, key=lambda day: LONGEST + 1 if day is None else day)
    days_by_share = [
        (share, day) for share, day in zip((0.5, 0.85, 0.95), days, strict=True) if day
    ]
    assert all(result.chance(day) >= share for share, day in days_by_share)


@pytest.mark.parametrize("task_count", [1, 6, 7, 8, 100])
def test_a_team_that_never_varies_has_one_forecast(task_count: int) -> None:
    """A task a day: as many days as tasks."""
    assert set(_of(task_count, [1] * 28).days) == {task_count}


def test_the_rhythm_of_a_week_is_kept() -> None:
    """Who never works on the last two days of a week finishes nothing on them."""
    result = _of(6, [1, 1, 1, 1, 1, 0, 0] * 4)

    assert set(result.days) == {8}


def test_nothing_left_is_finished_already() -> None:
    assert set(_of(0, [1] * 28, 9).days) == {0}


def test_what_takes_over_a_year_has_no_day() -> None:
    result = _of(10_000, [1] * 28)

    assert (result.within(0.5), result.chance(LONGEST)) == (None, 0.0)


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
    task_count: int, other_count: int, drawn: float
) -> None:
    position = of._find_position(task_count, task_count + other_count, drawn)

    assert task_count <= position <= task_count + other_count
