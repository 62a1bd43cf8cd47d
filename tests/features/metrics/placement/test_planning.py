"""Which values are worth a call, and which first."""

from dataclasses import replace
from math import isclose
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.bindings import Binding
from clickup_mlops.features.metrics.placement.placing import Placed
from clickup_mlops.features.metrics.placement.planning import (
    Last,
    Write,
    compute_change,
    format_value,
    plan,
    stale,
    taken_over,
)
from clickup_mlops.features.metrics.scrape import Reading

NAME, KEY = "P99 latency ms", ("t", "f")
values = st.floats(0, 1e6)


def placed(current: float | None, value: float, task_id: str = "t") -> Placed:
    field = {"id": "f", "name": NAME, "type": "number"}
    if current is not None:
        field["value"] = repr(current)
    task = Task.parse({"id": task_id, "name": task_id, "custom_fields": [field]})
    reading = Reading("m", "ms", value, 1_000)
    return Placed(task, task.fields[0], Binding(NAME, "s", "m"), value, (reading,))


def planned(
    placed_value: Placed, last: Last | None = None, limit: float | None = None
) -> list[Write]:
    existing = {} if last is None else {placed_value.key: last}
    return plan([placed_value], existing, 5_000, lambda _task, _name: limit)


@given(values, values)
def test_a_written_value_needs_no_second_call(current: float, value: float) -> None:
    """Whatever was there before."""
    for write in planned(placed(current, value)):
        assert write.after is not None
        assert not planned(placed(write.after, value), Last(write.after, 0))


@given(values, values, values)
def test_a_crossed_objective_is_always_written(current: float, value: float, limit: float) -> None:
    """However small the change is."""
    crossed = (current > limit) != (value > limit)
    writes = planned(placed(current, value), limit=limit)
    if crossed and abs(current - value) > 1e-6:
        assert [write.reason for write in writes] == ["crossed"]


def test_small_changes_wait() -> None:
    """Measured against what the field shows, so that a slow drift is written in the end."""
    assert not planned(placed(100, 101))
    assert [write.reason for write in planned(placed(100, 103))] == ["changed"]
    assert [write.reason for write in planned(placed(None, 0))] == ["first"]


def test_the_most_valuable_come_first() -> None:
    """A first value, then the larger change."""
    several = [placed(100, 110, "small"), placed(100, 200, "large"), placed(None, 1, "first")]
    order = [write.task.id for write in plan(several, {}, 5_000, lambda _task, _name: None)]
    assert order == ["first", "large", "small"]


def test_a_persons_value_is_left_alone() -> None:
    """Until its time is over, or the field is cleared."""
    mine = Last(70, 0)
    assert taken_over(placed(1, 80), mine)
    assert not planned(placed(1, 80), mine)
    assert not planned(placed(1, 80), Last(70, 0, held_until_ms=6_000))
    assert planned(placed(1, 80), Last(70, 0, held_until_ms=4_000))
    assert planned(placed(None, 80), Last(70, 0, held_until_ms=6_000))
    assert not taken_over(placed(70.0000000001, 80), mine)


def _stale(current: float | None, last: Last) -> list[Any]:
    return list(stale({"t": placed(current, 0).task}, {KEY: last}))


def test_an_old_number_is_cleared_once() -> None:
    """Only if it is the bot's own; a field that was renamed meanwhile, too: its id counts."""
    (write,) = _stale(70, Last(70, 0))
    assert (write.after, write.reason) == (None, "stale")
    assert not _stale(1, Last(70, 0))
    assert not _stale(None, Last(70, 0))
    task = placed(70, 0).task
    renamed = replace(
        task, raw={**task.raw, "custom_fields": [{**task.raw["custom_fields"][0], "name": "x"}]}
    )
    assert list(stale({"t": renamed}, {KEY: Last(70, 0)}))


def test_what_a_person_filled_in_after_a_source_fell_silent_is_theirs() -> None:
    """The bot had cleared the field."""
    assert taken_over(placed(1, 80), Last(None, 0))
    assert not taken_over(placed(None, 80), Last(None, 0))


def test_large_numbers_keep_their_digits() -> None:
    """Tokens are counted in millions."""
    assert (format_value(1_234_567.89), format_value(0.1), format_value(None)) == (
        "1234567.89",
        "0.1",
        "empty",
    )


def named(field_name: str, current: float, value: float, unit: str = "") -> Placed:
    field = {"id": "f", "name": field_name, "type": "number", "value": repr(current)}
    task = Task.parse({"id": "t", "name": "t", "custom_fields": [field]})
    reading = Reading("m", unit, value, 1_000)
    return Placed(task, task.fields[0], Binding(field_name, "s", "m"), value, (reading,))


def test_a_share_near_its_end_is_measured_by_the_distance_to_it() -> None:
    """The downtime has tripled, and the errors of a classifier have halved: each is news."""
    assert planned(named("Availability %", 99.97, 99.91))
    assert planned(named("AUC", 0.99, 0.995))
    assert planned(named("Recall", 99.2, 99.6))
    assert planned(named("Load", 0.98, 0.99, unit="index"))
    assert planned(named("Errors", 0.1, 0.11, unit="%"))


def test_a_share_in_the_middle_and_what_is_no_share_is_measured_by_its_size() -> None:
    """A small change of either is none."""
    assert not planned(named("Availability %", 50, 50.5))
    assert not planned(named("P99 latency ms", 99.97, 99.91))
    assert not planned(named("GPU power W", 0.99, 0.995))
    assert not planned(named("KV cache %", 130, 131))


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_a_share_changes_as_much_as_what_it_leaves(before: float, after: float) -> None:
    """Availability and downtime are the same news."""
    change = compute_change(before, after, 1.0)
    assert isclose(change, compute_change(1 - before, 1 - after, 1.0), rel_tol=1e-6, abs_tol=1e-6)
    assert change >= compute_change(before, after) * (1 - 1e-9)
