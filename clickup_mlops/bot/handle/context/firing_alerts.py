"""Alerts that fire about a task support the report of an incident in its text."""

from collections.abc import Iterator

from clickup_mlops.bot.handle.alerts import count_firing
from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.corroboration import FIRING_ALERT, Corroboration
from clickup_mlops.spelling import format_count
from clickup_mlops.store import Store


class FiringAlerts:
    """`routing.corroboration.Witnesses` that know the alerts about each task."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, task: Task, _now_ms: int) -> Iterator[Corroboration]:
        """One, however many alerts fire. Raises StoreUnavailable."""
        if count := count_firing(self._store, task.id):
            verb = "fires" if count == 1 else "fire"
            yield Corroboration(f"{format_count(count, 'alert')} {verb} about it", FIRING_ALERT)
