"""What was measured, kept as series of points."""

from typing import Any

import pytest
from sqlalchemy import event

from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import DAY, FIVE_MINUTES, HOUR, RAW, Part, Point, Series


def series(measure: str = "latency_p99_ms", task: str = "t1", workspace: str = "ws") -> Series:
    field = "P99 latency ms" if task else ""
    return Series(workspace, "vllm", measure, "model_name=a", task, field, "ms")


def known(store: Store, sought: Series) -> Series:
    (result,) = [
        stored_series
        for stored_series in store.history.all([sought.workspace])
        if stored_series.key == sought.key
    ]
    return result


def test_readings_of_a_pass_are_kept_by_series(store: Store) -> None:
    """Those of another Workspace are its own; a task's fields name theirs."""
    added, shared, second = series(), series("rail_balance", ""), series(workspace="other")
    store.history.put([(added, 1_000, 70.0), (shared, 1_000, 0.9), (second, 1_000, 5.0)])
    store.history.put([(added, 61_000, 80.0)])

    assert store.history.points(known(store, added).id, RAW, 0, 99_000) == [
        Point(1_000, 70, 70, 70),
        Point(61_000, 80, 80, 80),
    ]
    assert [stored_series.key for stored_series in store.history.all(["ws"])] == [
        added.key,
        shared.key,
    ]
    assert [stored_series.key for stored_series in store.history.of_task("t1")] == [
        added.key,
        second.key,
    ]
    assert store.history.tasks("ws") == ["t1"]
    assert (known(store, added).last_ms, known(store, added).last) == (61_000, 80)


def test_a_reading_that_is_there_stays_and_a_late_one_is_not_the_last(store: Store) -> None:
    """A pass that is made again changes nothing."""
    added = series()
    store.history.put([(added, 61_000, 80.0)])
    store.history.put([(added, 61_000, 99.0), (added, 1_000, 70.0)])

    points = store.history.points(known(store, added).id, RAW, 0, 99_000)
    assert [(point.at_ms, point.mean) for point in points] == [(1_000, 70), (61_000, 80)]
    assert known(store, added).last_ms == 61_000


def test_more_readings_than_one_transaction_takes(store: Store) -> None:
    """All of them are there afterwards."""
    many = [(series(f"m{number:04}", ""), 1_000, float(number)) for number in range(1_203)]
    store.history.put(many)
    history = store.history.all(["ws"])
    assert [period.last for period in history] == [float(number) for number in range(1_203)]


def test_means_are_weighted_and_come_out_the_same_again(store: Store) -> None:
    """Of 5 minutes from readings, of an hour from those; the bounds are those of readings."""
    added = series()
    values = {0: 10.0, 60_000: 20.0, 120_000: 60.0, FIVE_MINUTES: 100.0}
    store.history.put([(added, at, value) for at, value in values.items()])
    for _again in range(2):
        store.history.rollup(FIVE_MINUTES, 0, FIVE_MINUTES)
        store.history.rollup(FIVE_MINUTES, FIVE_MINUTES, 2 * FIVE_MINUTES)
        store.history.rollup(HOUR, 0, HOUR)

    number = known(store, added).id
    assert store.history.points(number, FIVE_MINUTES, 0, HOUR) == [
        Point(0, 30, 10, 60, 3),
        Point(FIVE_MINUTES, 100, 100, 100, 1),
    ]
    assert store.history.points(number, HOUR, 0, HOUR) == [Point(0, 47.5, 10, 100, 4)]


def test_means_are_read_from_each_step_what_it_has(store: Store) -> None:
    """The coarse points, and after them the finer ones, in as few as a chart can show."""
    added = series()
    store.history.put([(added, at, at / 60_000) for at in range(0, 2 * HOUR, 60_000)])
    for at in range(0, HOUR, FIVE_MINUTES):
        store.history.rollup(FIVE_MINUTES, at, at + FIVE_MINUTES)
    store.history.rollup(HOUR, 0, HOUR)

    number = known(store, added).id
    parts = [Part(HOUR, 0, HOUR), Part(RAW, HOUR, 2 * HOUR)]
    assert store.history.means(number, parts, HOUR) == [
        Point(0, 29.5, 0, 59, 60),
        Point(HOUR, 89.5, 60, 119, 60),
    ]
    assert len(store.history.means(number, [Part(RAW, 0, 2 * HOUR)], 600_000)) == 12


def test_the_oldest_point_of_a_step_is_found(store: Store) -> None:
    """What a roll-up begins with."""
    assert store.history.first_ms(RAW, 0) is None
    store.history.put([(series(), 5_000, 1.0), (series(), 9_000, 1.0)])
    assert store.history.first_ms(RAW, 0) == 5_000
    assert store.history.first_ms(RAW, 5_001) == 9_000
    assert store.history.first_ms(FIVE_MINUTES, 0) is None


@pytest.mark.parametrize("kind", ["history_raw", "history_5min", "history_hour"])
def test_each_step_is_kept_for_its_own_time(store: Store, kind: str) -> None:
    """A series goes when its newest point is older than what is kept longest."""
    added = series()
    store.history.put([(added, 1_000, 1.0)])
    store.history.rollup(FIVE_MINUTES, 0, FIVE_MINUTES)
    store.history.rollup(HOUR, 0, HOUR)
    number = known(store, added).id

    store.retention.prune({kind: 2_000}, 9_000)

    steps = {"history_raw": RAW, "history_5min": FIVE_MINUTES, "history_hour": HOUR}
    remainder = {name: store.history.points(number, step, 0, HOUR) for name, step in steps.items()}
    assert {name for name, points in remainder.items() if not points} == {kind}
    assert bool(store.history.all(["ws"])) == (kind != "history_hour")


def test_names_that_an_index_could_not_take_are_none_of_its_business(store: Store) -> None:
    """As long as all texts of a series may be together."""
    long = "ä" * 350
    added = Series("ws", "source", long, long, "t1", long, "ms")
    store.history.put([(added, 1_000, 1.0)])
    assert known(store, added).last == 1.0


def test_series_of_no_task_are_found_the_newest_first(store: Store) -> None:
    """Of one Workspace, since a time, and not without end."""
    readings = [(series(f"rail_{n}", ""), n * 1_000, 1.0) for n in range(5)]
    store.history.put(
        [*readings, (series("rail_9", "", "other"), 9_000, 1.0), (series(), 9_000, 1.0)]
    )
    assert [shared_series.measure for shared_series in store.history.shared("ws", 1_000, 3)] == [
        "rail_4",
        "rail_3",
        "rail_2",
    ]
    assert [shared_series.measure for shared_series in store.history.shared("ws", 4_000, 3)] == [
        "rail_4"
    ]
    assert {shared_series.measure for shared_series in store.history.all(["ws"], 4_000)} == {
        "rail_4",
        "latency_p99_ms",
    }


def test_the_same_hours_of_days_are_found_by_their_times(store: Store) -> None:
    """Not by reading all hours in between: of thousands of series those are millions."""
    if not store.database.is_sqlite:
        pytest.skip("PostgreSQL plans by the number of rows")
    plans: list[str] = []

    def explain(_connection: Any, cursor: Any, text: str, values: Any, *_: object) -> None:
        plans.extend(
            row[3] for row in cursor.connection.execute(f"explain query plan {text}", values)
        )

    event.listen(store.database.engine, "before_cursor_execute", explain)
    store.history.same_hours("ws", "rail_balance", 0, 7 * DAY)

    (of_points,) = (line for line in plans if "point" in line)
    assert "at_ms=?" in of_points


def test_the_same_hours_of_days_are_those_before_the_end(store: Store) -> None:
    """From the first on, and none beside them."""
    shared = series("rail_balance", "")
    for hour in (0, 1, 24, 25, 48):
        store.history.put([(shared, hour * HOUR + 1, float(hour))])
        for step in (FIVE_MINUTES, HOUR):
            store.history.rollup(step, hour * HOUR, (hour + 1) * HOUR)

    points = store.history.same_hours("ws", "rail_balance", 0, 2 * DAY)
    assert [(point.at_ms, point.value) for point in points] == [(0, 0.0), (DAY, 24.0)]
