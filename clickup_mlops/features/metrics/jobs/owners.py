"""What the store knows of tasks between which a series is in doubt, and notes about such doubts."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.bindings import Binding
from clickup_mlops.features.metrics.placement.owners import Known
from clickup_mlops.features.metrics.placement.placing import Shared
from clickup_mlops.routing.own_words import MARK
from clickup_mlops.store import Store
from clickup_mlops.store.tables.metric_values import MetricValue
from clickup_mlops.store.tables.notes import SHARED


def _has_no_incident(_task_id: str) -> bool:
    return False


class Owners:
    """`tags` stand for a live incident; `has_incident` tells by a task's id whether it has one."""

    def __init__(
        self,
        store: Store,
        tags: Iterable[str] = (),
        has_incident: Callable[[str], bool] = _has_no_incident,
    ) -> None:
        self._store, self._tags = store, frozenset(tag.casefold() for tag in tags)
        self._has_incident = has_incident

    def of(self, values: Iterable[MetricValue]) -> Known:
        """By the values that the bot keeps."""
        sample_times = {
            (v.task_id, v.source, v.measure, v.field.casefold()): v.sample_ms for v in values
        }

        def kept_ms(task: Task, binding: Binding) -> int | None:
            return sample_times.get(
                (task.id, binding.source, binding.measure, binding.field.casefold())
            )

        return Known(kept_ms, self._is_created, self._is_incident, self._serves)

    def note(self, shared: Sequence[Shared], now_ms: int) -> None:
        """Note what is in doubt now, and forget what is not any more."""
        texts_by_task: dict[str, dict[str, str]] = defaultdict(dict)
        for doubt in shared:
            texts_by_task[doubt.task.id][doubt.binding.field.casefold()] = doubt.text
        notes = self._store.notes
        earlier = {name: note.value for name, note in notes.all(SHARED).items()}
        for task_id in earlier.keys() - texts_by_task.keys():
            notes.remove(SHARED, task_id)
        for task_id, texts in texts_by_task.items():
            if earlier.get(task_id) != texts:
                notes.put(SHARED, task_id, texts, now_ms)

    def shared(self, task_id: str) -> Mapping[str, str]:
        """What is in doubt about the fields of a task, by case-folded field, in words."""
        note = self._store.notes.get(SHARED, task_id)
        return note.value if note else {}

    def _is_created(self, task: Task) -> bool:
        if any(line.strip().startswith(MARK) for line in task.text.splitlines()):
            return True
        return self._store.journal.by_receipt(task.id) is not None

    def _serves(self, task: Task) -> bool:
        return self._store.mirror.serves(task.raw)

    def _is_incident(self, task: Task) -> bool:
        if not self._tags.isdisjoint(tag.casefold() for tag in task.tags):
            return True
        return self._has_incident(task.id)
