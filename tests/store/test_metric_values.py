"""What the bot knows of the fields that it fills with numbers."""

from clickup_mlops.store import Store
from clickup_mlops.store.tables.metric_values import MetricValue


def value(task: str, number: float | None = 70.5, **more: int) -> MetricValue:
    times = {"sample_ms": 1_000, "written_ms": 2_000} | more
    named = ("ws", "P99 latency ms", number, "llm", "latency_p99_ms", "model=a", "settings")
    return MetricValue(task, "f", *named, **times)


def test_the_newest_value_of_a_field_is_kept(store: Store) -> None:
    """However many there are; a Workspace has its own."""
    values = [value(f"t{number:04}") for number in range(1_201)]
    store.metric_values.put_many(values)
    assert store.metric_values.of_workspace("ws") == values
    assert store.metric_values.of_workspace("other") == []

    news = value("t0007", None, held_until_ms=9_000)
    store.metric_values.put_many([news])
    assert store.metric_values.of_task("t0007") == [news]


def test_a_value_is_stored_with_the_next_write(store: Store) -> None:
    """Together with the journal's word that it reached ClickUp; and so it is forgotten."""
    store.metric_values.put_many([value("t")], wait=False)
    assert store.metric_values.of_task("t") == []
    store.cursors.set("any", "1")
    assert store.metric_values.of_task("t") == [value("t")]

    store.metric_values.remove(("t", "f"))
    store.cursors.set("any", "2")
    assert store.metric_values.of_task("t") == []
