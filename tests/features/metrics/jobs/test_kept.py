"""What is remembered of a field that the bot fills."""

from pathlib import Path

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.bindings import Binding
from clickup_mlops.features.metrics.jobs.stored_values import StoredFields
from clickup_mlops.features.metrics.placement.placing import Placed
from clickup_mlops.features.metrics.placement.planning import Write
from clickup_mlops.features.metrics.scrape import Reading, labels
from clickup_mlops.store import Store
from tests.empty import store_at


def test_labels_are_stored_as_every_database_takes_them(tmp_path: Path) -> None:
    """A file may say anything; PostgreSQL has no text with a zero in it."""
    field = {"id": "f", "name": "Queue", "type": "number"}
    task = Task.parse({"id": "t", "name": "t", "custom_fields": [field]})
    reading = Reading("queue", "", 3, 1_000, labels(model="a\0b"))
    placed = Placed(task, task.fields[0], Binding("Queue", "s", "queue"), 3, (reading,))
    with Store.open(store_at(tmp_path / "s.db")) as store:
        kept_fields = StoredFields(store, "ws", 2_000, dry=False)
        kept_fields.wrote(Write(task, placed.field, None, 3, "first", 1), placed, 2_500)
        store.cursors.set("any", "1")
        (metric_value,) = store.metric_values.of_task("t")
    assert (metric_value.labels, metric_value.value, metric_value.written_ms) == (
        "model=a\\u0000b",
        3,
        2_500,
    )
