"""Means of what was measured, however often and late they are made."""

import random
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from clickup_mlops.bot.receive.retention import RetentionSettings, prune
from clickup_mlops.features.metrics.jobs.rollup import LATE_MS, rollup
from clickup_mlops.series.history import ROLLED
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import FIVE_MINUTES, HOUR, RAW, Point, Series
from tests.empty import store_at

DAY = 24 * HOUR
START = 20_000 * DAY
ONE = Series("ws", "vllm", "latency_p99_ms", "", "t1", "P99 latency ms", "ms")
KEPT = RetentionSettings()


def measured(store: Store, *ats: int) -> None:
    """A reading at each of these times."""
    store.history.put([(ONE, at, value(at)) for at in ats])


def value(at: int) -> float:
    return float(at // 1_000 % 97)


def points(store: Store, step: int) -> Mapping[int, Point]:
    (series,) = store.history.all(["ws"])
    rows = store.history.points(series.id, step, 0, START + 900 * DAY)
    return {point.at_ms: point for point in rows}


def expected(ats: list[int], step: int, end: int) -> Mapping[int, float]:
    """The mean of each slice that is over."""
    slices: dict[int, list[float]] = {}
    for at in ats:
        slices.setdefault(at - at % step, []).append(value(at))
    return {at: sum(values) / len(values) for at, values in slices.items() if at + step <= end}


def is_equal(actual: Mapping[int, Point], desired: Mapping[int, float]) -> bool:
    return actual.keys() == desired.keys() and all(
        abs(actual[at].mean - mean) < 1e-9 for at, mean in desired.items()
    )


def test_nothing_measured_nothing_made(store: Store) -> None:
    """Nor is it remembered that something was."""
    rollup(store, KEPT, START)
    assert store.cursors.get(ROLLED) is None


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 8 * 60), min_size=1, max_size=40), st.integers(0, 2**32))
def test_when_it_is_made_does_not_matter(minutes: list[int], seed: int) -> None:
    """Once at the end, or at any times in between with what was there then: the same means."""
    ats = sorted({START + minute * 60_000 for minute in minutes})
    end = START + 9 * HOUR
    chance = random.Random(seed)
    with TemporaryDirectory() as folder, Store.open(store_at(Path(folder) / "s.db")) as store:
        for at in ats:
            measured(store, at)
            if chance.random() < 0.3:
                rollup(store, KEPT, at + chance.randint(0, 60_000))
        rollup(store, KEPT, end)
        for step in (FIVE_MINUTES, HOUR):
            assert is_equal(points(store, step), expected(ats, step, end))


def test_a_reading_that_comes_late_is_in_the_means(store: Store) -> None:
    """A pass may take long before it stores what it has read: up to 15 minutes."""
    early, late = START + 50 * 60_000, START + 58 * 60_000
    measured(store, early)
    rollup(store, KEPT, START + HOUR + 60_000)
    measured(store, late)
    rollup(store, KEPT, late + LATE_MS)
    assert is_equal(points(store, HOUR), expected([early, late], HOUR, START + DAY))


def test_what_was_missed_is_made_up_for(store: Store) -> None:
    """After a downtime of days, before what was read is deleted."""
    ats = [START + minute * 60_000 for minute in range(0, 3 * 60, 7)]
    measured(store, *ats)
    rollup(store, KEPT, START + DAY + 3 * HOUR)
    assert is_equal(points(store, FIVE_MINUTES), expected(ats, FIVE_MINUTES, START + DAY))
    assert is_equal(points(store, HOUR), expected(ats, HOUR, START + DAY))


def test_means_survive_what_they_were_made_of(store: Store) -> None:
    """Readings that are half deleted change no mean that was made of all of them."""
    ats = [START + minute * 60_000 for minute in range(3 * 60)]
    measured(store, *ats)
    rollup(store, KEPT, START + 3 * HOUR)
    before = points(store, FIVE_MINUTES), points(store, HOUR)

    short = RetentionSettings(history_raw=timedelta(minutes=3), history_5min=timedelta(minutes=18))
    now = START + 3 * HOUR + 60_000
    prune(store, short, now)
    assert 0 < len(points(store, RAW)) < 5
    rollup(store, short, now)
    means = points(store, FIVE_MINUTES)
    assert means == {at: point for at, point in before[0].items() if at in means}
    assert points(store, HOUR) == before[1]
