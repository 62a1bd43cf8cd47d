"""Lines of what was measured: at most so many points, and gaps where nobody said anything."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.series.history import MOST_POINTS, ROLLED, StoreHistory, width_ms, with_gaps
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import FIVE_MINUTES, HOUR, RAW, Series
from tests.empty import store_at

MINUTE = 60_000
DAY = 24 * HOUR
NOW = 20_000 * DAY + 7 * HOUR + 13 * MINUTE
ONE = Series("ws", "vllm", "latency_p99_ms", "model_name=a", "t1", "P99 latency ms", "ms")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(store_at(tmp_path / "s.db")) as opened:
        yield opened


def history(store: Store, raw_ms: int = 2 * DAY, five_minutes_ms: int = 14 * DAY) -> StoreHistory:
    return StoreHistory(store, "ws", NOW, raw_ms=raw_ms, five_minutes_ms=five_minutes_ms)


def fill(store: Store, ats: Sequence[int], rolled_ms: int = NOW) -> Series:
    """A reading of 1 at each time, rolled up until then."""
    store.history.put([(ONE, at, 1.0) for at in ats])
    store.cursors.set(ROLLED, str(rolled_ms - rolled_ms % FIVE_MINUTES))
    for step in (FIVE_MINUTES, HOUR):
        for at in range(ats[0] - ats[0] % step, rolled_ms - step + 1, step):
            store.history.rollup(step, at, at + step)
    (result,) = store.history.all(["ws"])
    return result


def test_an_hour_shows_each_reading(store: Store) -> None:
    """Exactly when it was made; the source says so."""
    ats = list(range(NOW - HOUR, NOW, MINUTE))
    gpu_series = fill(store, ats)
    line = history(store).line(gpu_series, NOW - HOUR, NOW)
    assert line.points == tuple((at, 1.0) for at in ats)
    assert history(store).source(gpu_series, NOW - HOUR, NOW) == (
        "vllm: latency_p99_ms{model_name=a}, readings kept by the bot"
    )


@pytest.mark.parametrize("days", [1, 7, 30, 90])
def test_a_long_time_has_no_more_points_than_a_chart_shows(store: Store, days: int) -> None:
    """Means of the steps that are kept, up to the newest reading, which no mean has yet."""
    ats = list(range(NOW - days * DAY, NOW, 10 * MINUTE))
    gpu_series = fill(store, ats, NOW - 40 * MINUTE)
    line = history(store).line(gpu_series, NOW - days * DAY, NOW)
    assert len(line.points) <= MOST_POINTS
    assert {value for _at, value in line.points} == {1.0}
    assert line.points[-1][0] >= NOW - max(HOUR, days * DAY // 250)


def test_what_was_deleted_is_shown_by_its_means(store: Store) -> None:
    """Of a day, after the readings are gone: those of 5 minutes, or of an hour."""
    ats = list(range(NOW - DAY, NOW, MINUTE))
    gpu_series = fill(store, ats)
    for raw_ms, five_ms, least, most in ((0, 0, 280, 300), (HOUR, 2 * HOUR, 23, 26)):
        line = history(store, raw_ms, five_ms).line(gpu_series, NOW - DAY, NOW)
        assert least <= len(line.points) <= most


def test_a_setting_of_zero_keeps_for_ever(store: Store) -> None:
    """Readings of an hour a year ago are still readings."""
    start = NOW - 365 * DAY
    gpu_series = fill(store, range(start, start + HOUR, MINUTE), start + HOUR)
    line = history(store, raw_ms=0).line(gpu_series, start, start + HOUR)
    assert len(line.points) == 60


def test_a_silence_is_a_gap(store: Store) -> None:
    """Of more than three steps; a shorter one is not."""
    ats = [*range(NOW - HOUR, NOW - 30 * MINUTE, MINUTE), *range(NOW - 20 * MINUTE, NOW, MINUTE)]
    gpu_series = fill(store, ats)
    values = [value for _at, value in history(store).line(gpu_series, NOW - HOUR, NOW).points]
    assert values.count(None) == 1
    assert values.index(None) == 30
    assert [value for _at, value in with_gaps([(0, 1.0), (3, 1.0)], 1)] == [1, 1]
    assert [value for _at, value in with_gaps([(0, 1.0), (4, 1.0)], 1)] == [1, None, 1]


def test_a_source_that_seldom_speaks_has_no_gaps_for_that() -> None:
    """Its own interval counts, once it is known."""
    points = [(hour * HOUR, 1.0) for hour in range(24) if hour not in {10, 11, 12}]
    gaps = with_gaps(points, FIVE_MINUTES)
    assert [at for at, value in gaps if value is None] == [11 * HOUR]


@given(st.integers(1, 10**9), st.integers(0, 10**12), st.integers(0, 10**11))
def test_no_range_has_too_many_widths(step: int, start: int, length: int) -> None:
    """Wherever the widths begin."""
    width = width_ms(start, start + length, step)
    begun = (start + length) // width - start // width + 1
    assert width % step == 0
    assert begun <= MOST_POINTS


@given(st.lists(st.integers(0, 10**6), unique=True).map(sorted), st.integers(1, 1_000))
def test_gaps_change_no_point(ats: list[int], step: int) -> None:
    """No two gaps follow each other, none is at an end, and each lies in a silence."""
    gaps = with_gaps([(at, 1.0) for at in ats], step)
    assert [at for at, value in gaps if value is not None] == ats
    for number, (at, value) in enumerate(gaps):
        if value is None:
            before, after = gaps[number - 1][0], gaps[number + 1][0]
            assert before < at < after
            assert after - before > 3 * step


def test_which_series_there_are(store: Store) -> None:
    """Of a task, and of the Workspace."""
    gpu_series = fill(store, [NOW - MINUTE])
    assert history(store).of_task("t1") == history(store).all() == (gpu_series,)
    assert history(store).shared(0) == ()
    assert store.history.points(gpu_series.id, RAW, 0, NOW)
