"""What of a pass is kept over time."""

from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.bindings import Binding, Of
from clickup_mlops.features.metrics.placement.placing import Placed, TaskIndex, place
from clickup_mlops.features.metrics.placement.recorded import (
    MOST_BYTES,
    bounded,
    labels_of,
    recorded,
    text_of,
)
from clickup_mlops.features.metrics.scrape import Labels, Reading, labels

FIELD = "P99 latency ms"
NAMES = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)


def reading(measure: str, value: float = 1.0, **of: str) -> Reading:
    return Reading(measure, "ms", value, 1_000, labels(**of))


def placed(readings: list[Reading], *, of: Of = "only", factor: float = 1.0) -> list[Placed]:
    field = {"id": "f", "name": FIELD, "type": "number"}
    task = Task.parse({"id": "t", "name": "a", "custom_fields": [field]})
    match = {"model": "name"}
    binding = Binding(FIELD, "s", "latency", match=match, of=of, factor=factor)
    return list(place([binding], {"s": readings}, TaskIndex([task])).values.values())


def test_a_field_has_one_series_whatever_its_replicas_are() -> None:
    """It goes on when a replica comes or goes."""
    reading_list = [reading("latency", 70, model="a", replica="1")]
    two = [*reading_list, reading("latency", 90, model="a", replica="2")]
    (first,) = recorded("ws", placed(reading_list, of="max"), {"s": reading_list})
    (second,) = recorded("ws", placed(two, of="max"), {"s": two})
    assert first[0] == second[0]
    assert (first[0].labels, first[0].unit, first[2], second[2]) == ("model=a", "ms", 70, 90)


def test_a_value_is_kept_in_the_unit_of_its_field() -> None:
    """As the task shows it."""
    reading_list = [reading("latency", 0.07, model="a")]
    ((series, _at, value),) = recorded("ws", placed(reading_list, factor=1000), {"s": reading_list})
    assert (value, series.unit, series.field) == (70.0, "ms", FIELD)


def test_networks_balance_and_gpus_are_kept_without_a_task() -> None:
    """Other readings are kept only as what a field shows."""
    result = [
        reading("link_utilisation_pct", device="mlx5_0", port="1"),
        reading("replica_balance", model="a"),
        reading("tensor_active_pct", gpu="0"),
        reading("nccl_bus_bandwidth_gb_s", job="j"),
        reading("back_end_bytes_s"),
        reading("ttft_p99_ms", model="a"),
    ]
    stored = [series for series, _at, _value in recorded("ws", [], {"s": result})]
    assert [sample.measure for sample in stored] == [sample.measure for sample in result[:-1]]
    assert {(sample.task_id, sample.field) for sample in stored} == {("", "")}
    assert stored[0].labels == "device=mlx5_0, port=1"


def test_what_was_not_scraped_in_this_pass_is_not_kept_again() -> None:
    """A field keeps its value until its source speaks again."""
    assert list(recorded("ws", placed([reading("latency", model="a")]), {})) == []


def test_numbers_that_no_mean_could_hold_are_left_out() -> None:
    """A sum of them would overflow, and then nothing would be rolled up any more."""
    readings = [reading("rail_peak", value) for value in (1e308, -1e200, 1e-300, 2.0)]
    assert [value for _s, _at, value in recorded("ws", [], {"s": readings})] == [0.0, 2.0]


@given(st.dictionaries(NAMES, st.text(st.characters(exclude_categories=["C"]), max_size=20)))
def test_labels_come_back_as_they_were(of: dict[str, str]) -> None:
    """Whatever others wrote into them."""
    labels: Labels = frozenset(of.items())
    assert labels_of(text_of(labels)) == labels


@given(st.text())
def test_a_text_is_short_enough_and_free_of_what_a_database_refuses(text: str) -> None:
    """Two long ones stay two."""
    assert len(bounded(text * 40).encode()) <= MOST_BYTES
    assert "\0" not in bounded(text)
    assert bounded("x" * 2_000 + "a") != bounded("x" * 2_000 + "b")
