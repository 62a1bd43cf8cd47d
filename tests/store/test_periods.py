"""Counts of a period, for reports."""

import random
from dataclasses import replace

from clickup_mlops.store import Store
from clickup_mlops.store.queries.periods import Day
from clickup_mlops.store.tables.history import FIVE_MINUTES, HOUR, Series

DAY = 24 * HOUR
START = 5 * HOUR


def days(store: Store, lasts_ms: int, of_tasks: bool) -> list[Day]:
    """The first 31 days, in order; without the last digit, as a database may add up in any."""
    measured = store.periods.measured("900", START, START + lasts_ms, of_tasks=of_tasks)
    even = (replace(day, mean=round(day.mean, 12)) for day in measured if day.number < 31)
    return sorted(even, key=lambda period: (period.series_id, period.number))


def test_days_are_the_same_in_short_and_in_long_periods(store: Store) -> None:
    """Also where nothing was measured, and where the period ends within a day."""
    chance = random.Random(1)
    serieses = [
        Series("900", "vllm", f"m{number}", "", "t1" if number else "", f"F{number}", "ms")
        for number in range(4)
    ]
    readings = [
        (seriese, chance.randrange(0, 40 * DAY), chance.random())
        for seriese in serieses
        for _ in range(200)
    ]
    store.history.put(readings)
    store.history.rollup(FIVE_MINUTES, 0, 40 * DAY)
    store.history.rollup(HOUR, 0, 40 * DAY)

    for of_tasks in (False, True):
        total = days(store, 38 * DAY, of_tasks)
        assert days(store, 31 * DAY + HOUR, of_tasks) == total
        assert len({period.series_id for period in total}) == (3 if of_tasks else 1)
        assert {day.number for day in days(store, DAY // 2, of_tasks)} == {0}
    assert store.periods.measured("901", START, START + DAY, of_tasks=True) == []
